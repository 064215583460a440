namespace NetLab.Osi.Transport.Quic;

/// <summary>What differs between versions of QUIC: salt, labels and the numbers of packet types (RFC 9001, 5.2; RFC 9369, 3).</summary>
internal sealed class QuicVersion
{
    public const uint Version1 = 1;
    public const uint Version2 = 0x6B33_43CF;
    public const uint Negotiation = 0;

    private static readonly QuicVersion One = new("38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "quic", 0);
    private static readonly QuicVersion Two = new("0dede3def700a6db819381be6e269dcbf9bd2ed9", "quicv2", 1);
    private static readonly QuicVersion Drafts29To32 = new("afbfec289993d24c9e9786f19c6111e04390a899", "quic", 0);
    private static readonly QuicVersion Drafts23To28 = new("c3eef712c72ebb5a11a7d2432bb46365bef9f502", "quic", 0);

    private readonly int _rotation;

    private QuicVersion(string salt, string label, int rotation)
    {
        Salt = Convert.FromHexString(salt);
        Label = label;
        _rotation = rotation;
    }

    public enum PacketType
    {
        Initial,
        ZeroRtt,
        Handshake,
        Retry,
    }

    public byte[] Salt { get; }

    /// <summary>The prefix of key labels.</summary>
    public string Label { get; }

    /// <summary>What is known of a version; null if its Initial packets cannot be read.</summary>
    public static QuicVersion? Find(uint version) => version switch
    {
        Version1 => One,
        Version2 => Two,
        >= 0xFF00_0017 and <= 0xFF00_001C => Drafts23To28,
        >= 0xFF00_001D and <= 0xFF00_0020 => Drafts29To32,
        0xFF00_0021 or 0xFF00_0022 => One,
        _ => null,
    };

    /// <summary>Whether a number may be a version's: one that is known, a draft, or one reserved to exercise negotiation (RFC 9000, 15).</summary>
    public static bool IsPlausible(uint version) =>
        Find(version) is not null || version >> 8 == 0xFF_0000 || (version & 0x0F0F_0F0F) == 0x0A0A_0A0A;

    /// <summary>The type that the two bits of a long header stand for; version 2 counts from one later.</summary>
    public PacketType TypeOf(byte first) => (PacketType)((((first >> 4) & 3) + 4 - _rotation) & 3);
}
