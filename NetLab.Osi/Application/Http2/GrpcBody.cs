using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Http2;

/// <summary>A body of gRPC: messages behind their lengths, each shown as soon as it is whole, for a stream may stay open for days.</summary>
internal sealed class GrpcBody : Http2Body
{
    // gRPC's own default is 4 MiB; what is longer than this is shown by its beginning.
    private const int MaxMessage = 1 << 20;
    private const int KeptOfLong = 16 << 10;

    private readonly List<byte> _pending = [];
    private long _skipping;

    public override long Kept => _pending.Capacity;

    /// <summary>Whether a media type says that a body is gRPC's, in whatever form its messages are.</summary>
    public static bool IsType(string type)
    {
        const string Name = "application/grpc";
        return type.StartsWith(Name, StringComparison.OrdinalIgnoreCase) && (type.Length == Name.Length || type[Name.Length] is '+' or ';' or ' ');
    }

    public override void Append(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        int skip = (int)Math.Min(_skipping, bytes.Length);
        _skipping -= skip;
        bytes = bytes[skip..];
        if (_pending.Count > 0)
        {
            _pending.AddRange(bytes);
        }

        ReadOnlySpan<byte> rest = _pending.Count > 0 ? CollectionsMarshal.AsSpan(_pending) : bytes;
        while (rest.Length >= GrpcProtocol.HeaderSize)
        {
            long length = GrpcProtocol.HeaderSize + (long)BinaryPrimitives.ReadUInt32BigEndian(rest[1..]);
            if (length > MaxMessage && rest.Length >= Math.Min(length, KeptOfLong))
            {
                int there = (int)Math.Min(length, rest.Length);
                segment.Dissect(GrpcProtocol.Value, rest[..Math.Min(there, KeptOfLong)], (int)Math.Min(length, int.MaxValue));
                _skipping = length - there;
                rest = rest[there..];
                continue;
            }

            if (length > rest.Length)
            {
                break;
            }

            segment.Dissect(GrpcProtocol.Value, rest[..(int)length], (int)length);
            rest = rest[(int)length..];
        }

        Keep(rest);
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            _pending.Clear();
            _pending.Capacity = 0;
        }
        else if (_pending.Count > 0)
        {
            // It is the end of what is kept.
            _pending.RemoveRange(0, _pending.Count - rest.Length);
        }
        else
        {
            _pending.AddRange(rest);
        }
    }
}
