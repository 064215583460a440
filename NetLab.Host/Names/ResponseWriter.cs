using System.Buffers.Binary;

namespace NetLab.Host.Names;

/// <summary>
/// Writes a response up to a length: a set of records is in it whole or not at all (RFC 2181, 9). Names are compressed where they stand before
/// records (RFC 1035, 4.1.4); the question's own spelling is thus that of its answers.
/// </summary>
internal ref struct ResponseWriter
{
    private const int MaxPointer = 0x3FFF;

    private readonly Span<byte> _message;
    private readonly Dictionary<string, int> _places = [];
    private int _room;
    private int _length = DnsHeader.Length;

    /// <param name="message">Where to, at least a header long; as long as the response may be.</param>
    /// <param name="reserved">How much of that is left for <see cref="Add"/>.</param>
    public ResponseWriter(Span<byte> message, int reserved)
    {
        _message = message;
        _room = message.Length - reserved;
    }

    /// <summary>How much has been written.</summary>
    public readonly int Length => _length;

    /// <summary>Writes the question.</summary>
    /// <returns>Whether it fits.</returns>
    public bool TryAdd(DnsQuestion question) => TryWriteName(question.Name) && TryWrite(question.Type, 2) && TryWrite(question.Class, 2);

    /// <summary>Writes a set of records.</summary>
    /// <param name="set">The set.</param>
    /// <param name="count">How many records are written with it.</param>
    /// <returns>Whether they fit; if not, nothing was written.</returns>
    public bool TryAdd(RecordSet set, ref ushort count)
    {
        int before = _length;
        foreach (byte[] data in set.Data)
        {
            if (!(TryWriteName(set.Owner) && TryWrite(set.Type, 2) && TryWrite(DnsQuestion.Internet, 2) && TryWrite(set.Ttl, 4) && TryWrite((uint)data.Length, 2) && TryWrite(data)))
            {
                foreach (string name in _places.Where(p => p.Value >= before).Select(p => p.Key).ToList())
                {
                    _places.Remove(name);
                }

                _length = before;
                return false;
            }
        }

        count += (ushort)set.Data.Count;
        return true;
    }

    /// <summary>Writes an OPT record, for which room was left.</summary>
    public void Add(Edns edns, int code)
    {
        _room = _message.Length;
        uint extended = ((uint)code >> 4 << 24) | (edns.IsSecure ? 0x8000u : 0);
        bool fits = TryWrite([0]) && TryWrite(RecordType.Opt, 2) && TryWrite((uint)edns.Size, 2) && TryWrite(extended, 4) && TryWrite(0, 2);
        if (!fits)
        {
            throw new InvalidOperationException("no room was left for OPT");
        }
    }

    private bool TryWriteName(DomainName name)
    {
        DomainName rest = name;
        int at = _length;
        while (!rest.IsRoot && !_places.ContainsKey(rest.Key))
        {
            if (at <= MaxPointer)
            {
                _places.Add(rest.Key, at);
            }

            int label = rest.Wire[0] + 1;
            if (!TryWrite(rest.Wire[..label]))
            {
                return false;
            }

            at += label;
            rest = rest.Parent;
        }

        return rest.IsRoot ? TryWrite([0]) : TryWrite(0xC000u | (uint)_places[rest.Key], 2);
    }

    private bool TryWrite(scoped ReadOnlySpan<byte> octets)
    {
        if (_length + octets.Length > _room)
        {
            return false;
        }

        octets.CopyTo(_message[_length..]);
        _length += octets.Length;
        return true;
    }

    private bool TryWrite(uint value, int octets)
    {
        Span<byte> all = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(all, value);
        return TryWrite(all[(4 - octets)..]);
    }
}
