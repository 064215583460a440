using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>The ends of UDP of which messages said what goes there or comes from there. Those announced first are forgotten first.</summary>
internal sealed class ExpectedEnds
{
    private const int MaxEnds = 1024;

    // Made when the first is announced: most captures announce none.
    private Dictionary<(AddressNumber Address, int Port), Expectation>? _ends;
    private Queue<(AddressNumber Address, int Port)>? _order;

    public bool Any => _ends is not null;

    /// <summary>Takes over what another knows.</summary>
    public void Adopt(ExpectedEnds other)
    {
        if (other._ends is null)
        {
            return;
        }

        _ends ??= [];
        _order ??= new Queue<(AddressNumber, int)>();
        foreach (KeyValuePair<(AddressNumber Address, int Port), Expectation> known in other._ends)
        {
            if (_ends.TryAdd(known.Key, known.Value))
            {
                _order.Enqueue(known.Key);
            }
        }
    }

    public void Add(List<Expectation> expectations)
    {
        _ends ??= [];
        _order ??= new Queue<(AddressNumber, int)>();
        foreach (Expectation expectation in expectations)
        {
            (AddressNumber, int) end = (expectation.Address, expectation.Port);
            if (!_ends.TryAdd(end, expectation))
            {
                if (_ends[end].IsImplied && !expectation.IsImplied)
                {
                    _ends[end] = expectation;
                }

                continue;
            }

            _order.Enqueue((expectation.Address, expectation.Port));
            if (_order.Count > MaxEnds)
            {
                _ends.Remove(_order.Dequeue());
            }
        }
    }

    /// <summary>What was announced of either end of a datagram; null if nothing was.</summary>
    /// <param name="dissection">The packet.</param>
    /// <param name="index">Its UDP layer.</param>
    public Protocol? Find(in Dissection dissection, int index)
    {
        LayerEntry entry = dissection.Result.Entries[index];
        ReadOnlySpan<byte> header = dissection.BufferOf(entry)[entry.Offset..];
        int source = BinaryPrimitives.ReadUInt16BigEndian(header);
        int destination = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        if (_ends is null || !FlowKey.TryMake(dissection, index, source, destination, -1, out FlowKey key, out _))
        {
            return null;
        }

        (AddressNumber from, AddressNumber to) = key.SourceIsLow ? (key.LowAddress, key.HighAddress) : (key.HighAddress, key.LowAddress);
        return (_ends.GetValueOrDefault((to, destination)) ?? _ends.GetValueOrDefault((from, source)))?.Protocol;
    }
}
