using System.Net;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Session;

/// <summary>Streams to ends of TCP of which another stream said what they will carry. Those announced first are forgotten first.</summary>
internal sealed class ExpectedStreams
{
    public static readonly MemorySlot<ExpectedStreams> Slot = new(static () => new ExpectedStreams());

    private const int MaxEnds = 1024;

    // Made when the first is announced: most captures announce none.
    private Dictionary<TcpStreamEnd, StreamBeginner>? _ends;
    private Queue<TcpStreamEnd>? _order;

    /// <summary>Says what streams to an end carry.</summary>
    public void Add(IPAddress address, int port, StreamBeginner begin)
    {
        var end = new TcpStreamEnd(address, port);
        _ends ??= [];
        if (_ends.TryAdd(end, begin))
        {
            _order ??= new Queue<TcpStreamEnd>();
            _order.Enqueue(end);
            if (_order.Count > MaxEnds)
            {
                _ends.Remove(_order.Dequeue());
            }

            return;
        }

        // The latest announcement of an end holds.
        _ends[end] = begin;
    }

    /// <summary>What was announced of either end of a stream; null if nothing was.</summary>
    public StreamBeginner? Find(TcpStream stream) =>
        _ends is null ? null : _ends.GetValueOrDefault(stream.Server) ?? _ends.GetValueOrDefault(stream.Client);
}
