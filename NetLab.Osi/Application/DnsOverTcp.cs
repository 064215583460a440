using System.Buffers.Binary;

namespace NetLab.Osi.Application;

/// <summary>DNS messages in a stream, each behind two bytes of length (RFC 1035, 4.2.2), resumable at every byte.</summary>
internal sealed class DnsOverTcp
{
    // At most one message of 64 KiB is kept, with its length.
    private readonly List<byte> _pending = [];

    public void Accept(ReadOnlySpan<byte> bytes, List<DnsMessage> messages)
    {
        while (!bytes.IsEmpty)
        {
            int wanted = _pending.Count < 2 ? 2 : 2 + Length();
            int step = Math.Min(wanted - _pending.Count, bytes.Length);
            _pending.AddRange(bytes[..step]);
            bytes = bytes[step..];
            if (_pending.Count < 2 || _pending.Count < 2 + Length())
            {
                continue;
            }

            if (DnsMessage.TryRead([.. _pending[2..]]) is { } message)
            {
                messages.Add(message);
            }

            _pending.Clear();
        }
    }

    private int Length() => BinaryPrimitives.ReadUInt16BigEndian([_pending[0], _pending[1]]);
}
