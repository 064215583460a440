using System.Buffers.Binary;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests.User;

/// <summary>The header of a lamp's message, read where it stands: a view of a user's own.</summary>
internal readonly ref struct LampHeader : IHeaderView<LampHeader>
{
    private const int Size = 5;

    private readonly ReadOnlySpan<byte> _bytes;

    private LampHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public bool IsOn => _bytes[1] == 1;

    public int Lamp => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    public static bool Reads(Protocol protocol) => protocol == LampProtocol.Value;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out LampHeader view)
    {
        view = bytes.Length >= Size ? new LampHeader(bytes) : default;
        return bytes.Length >= Size;
    }
}
