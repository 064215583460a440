using System.Buffers.Binary;

namespace NetLab.Host.Names;

/// <summary>Reads a message piece by piece; of bytes that are none, each piece says false and nothing is thrown.</summary>
/// <param name="message">The message.</param>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>Where the next piece begins.</summary>
    public int At { get; set; } = DnsHeader.Length;

    /// <summary>Whether everything has been read.</summary>
    public readonly bool IsAtEnd => At == _message.Length;

    /// <summary>Reads a name. A pointer leads backwards, so that no chain of them is endless (RFC 1035, 4.1.4).</summary>
    public bool TryReadName(out DomainName name)
    {
        int at = At;
        int? behind = null;
        Span<byte> wire = stackalloc byte[DomainName.MaxLength];
        int length = 0;
        name = DomainName.Root;
        while (at < _message.Length)
        {
            byte first = _message[at];
            if (first >= 0xC0)
            {
                if (at + 1 >= _message.Length)
                {
                    return false;
                }

                int target = ((first & 0x3F) << 8) | _message[at + 1];
                behind ??= at + 2;
                if (target >= at || target < DnsHeader.Length)
                {
                    return false;
                }

                at = target;
                continue;
            }

            if (first >= 0x40 || at + first + 1 > _message.Length || length + first + 1 > DomainName.MaxLength)
            {
                return false;
            }

            _message.Slice(at, first + 1).CopyTo(wire[length..]);
            length += first + 1;
            at += first + 1;
            if (first == 0)
            {
                At = behind ?? at;
                name = new DomainName(wire[..length].ToArray());
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads an entry of the question section.</summary>
    public bool TryReadQuestion(out DnsQuestion question)
    {
        question = new DnsQuestion(DomainName.Root, 0, 0);
        if (!TryReadName(out DomainName name) || At + 4 > _message.Length)
        {
            return false;
        }

        question = new DnsQuestion(name, U16(At), U16(At + 2));
        At += 4;
        return true;
    }

    /// <summary>Reads a record; its data as they are.</summary>
    public bool TryReadRecord(out DnsRecord record)
    {
        record = default;
        if (!TryReadName(out DomainName owner) || At + 10 > _message.Length)
        {
            return false;
        }

        int length = U16(At + 8);
        int data = At + 10;
        if (data + length > _message.Length)
        {
            return false;
        }

        record = new DnsRecord(owner, U16(At), U16(At + 2), BinaryPrimitives.ReadUInt32BigEndian(_message[(At + 4)..]), data, length);
        At = data + length;
        return true;
    }

    /// <summary>A record's data with names in them uncompressed, for the types that may have compressed ones (RFC 3597, 4).</summary>
    public byte[] DataOf(in DnsRecord record)
    {
        byte[] plain = _message.Slice(record.DataAt, record.DataLength).ToArray();
        (int before, int names) = record.Type switch
        {
            RecordType.Ns or RecordType.Cname or RecordType.Ptr => (0, 1),
            RecordType.Mx => (2, 1),
            RecordType.Srv => (6, 1),
            RecordType.Soa => (0, 2),
            _ => (0, 0),
        };
        if (names == 0 || record.DataLength < before)
        {
            return plain;
        }

        int next = At;
        At = record.DataAt + before;
        List<byte> wire = [.. plain.AsSpan(0, before)];
        bool isWell = true;
        for (int i = 0; i < names && isWell; i++)
        {
            isWell = TryReadName(out DomainName name) && At <= record.DataAt + record.DataLength;
            wire.AddRange(name.Wire);
        }

        int rest = record.DataAt + record.DataLength - At;
        if (isWell)
        {
            wire.AddRange(_message.Slice(At, rest));
        }

        At = next;
        return isWell ? [.. wire] : plain;
    }

    private readonly ushort U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_message[at..]);
}
