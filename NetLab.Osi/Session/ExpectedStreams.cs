using System.Net;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Session;

/// <summary>Streams to ends of TCP of which another stream said what they will carry. Those announced first are forgotten first.</summary>
internal sealed class ExpectedStreams
{
    public static readonly MemorySlot<ExpectedStreams> Slot = new(static () => new ExpectedStreams());

    private const int MaxEnds = 1024;

    private readonly Dictionary<(IPAddress Address, int Port), StreamBeginner> _ends = [];
    private readonly Queue<(IPAddress Address, int Port)> _order = new();

    /// <summary>Says what streams to an end carry.</summary>
    public void Add(IPAddress address, int port, StreamBeginner begin)
    {
        if (_ends.TryAdd((address, port), begin))
        {
            _order.Enqueue((address, port));
            if (_order.Count > MaxEnds)
            {
                _ends.Remove(_order.Dequeue());
            }

            return;
        }

        // The latest announcement of an end holds.
        _ends[(address, port)] = begin;
    }

    /// <summary>What was announced of either end of a stream; null if nothing was.</summary>
    public StreamBeginner? Find(TcpStream stream) =>
        _ends.Count == 0 ? null : _ends.GetValueOrDefault((stream.Server.Address, stream.Server.Port)) ?? _ends.GetValueOrDefault((stream.Client.Address, stream.Client.Port));
}
