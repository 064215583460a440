using System.Buffers.Binary;

namespace NetLab.Host.Names;

/// <summary>The first twelve octets of a message (RFC 1035, 4.1.1).</summary>
/// <param name="Id">Chosen by who asks, and repeated.</param>
/// <param name="Flags">QR, opcode, AA, TC, RD, RA, AD, CD and the response code.</param>
/// <param name="Questions">Entries of the question section.</param>
/// <param name="Answers">Records of the answer section.</param>
/// <param name="Authorities">Records of the authority section.</param>
/// <param name="Additionals">Records of the additional section.</param>
internal readonly record struct DnsHeader(ushort Id, ushort Flags, ushort Questions, ushort Answers, ushort Authorities, ushort Additionals)
{
    /// <summary>Its length.</summary>
    public const int Length = 12;

    /// <summary>QR: a response.</summary>
    public const ushort Response = 0x8000;

    /// <summary>AA: from who has the authority.</summary>
    public const ushort Authoritative = 0x0400;

    /// <summary>TC: cut, to be asked for again by TCP.</summary>
    public const ushort Truncated = 0x0200;

    /// <summary>RD: the server is asked to ask others.</summary>
    public const ushort RecursionDesired = 0x0100;

    /// <summary>RA: the server would do so.</summary>
    public const ushort RecursionAvailable = 0x0080;

    /// <summary>AD: what was signed was checked (RFC 4035, 3.1.6).</summary>
    public const ushort AuthenticData = 0x0020;

    /// <summary>CD: who asks checks signatures alone; repeated (RFC 4035, 3.1.6).</summary>
    public const ushort CheckingDisabled = 0x0010;

    /// <summary>The opcode; 0 is a query.</summary>
    public int Opcode => (Flags >> 11) & 0xF;

    /// <summary>The lower four bits of the response code.</summary>
    public int Code => Flags & 0xF;

    /// <summary>Whether a flag is set.</summary>
    public bool Has(ushort flag) => (Flags & flag) != 0;

    /// <summary>Reads one.</summary>
    /// <returns>False if the message is shorter.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out DnsHeader header)
    {
        header = default;
        if (message.Length < Length)
        {
            return false;
        }

        header = new DnsHeader(At(message, 0), At(message, 2), At(message, 4), At(message, 6), At(message, 8), At(message, 10));
        return true;
    }

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> message)
    {
        ReadOnlySpan<ushort> all = [Id, Flags, Questions, Answers, Authorities, Additionals];
        for (int i = 0; i < all.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(message[(2 * i)..], all[i]);
        }
    }

    private static ushort At(ReadOnlySpan<byte> message, int place) => BinaryPrimitives.ReadUInt16BigEndian(message[place..]);
}
