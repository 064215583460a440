namespace NetLab.Osi.Transport.Quic;

/// <summary>What differs between versions of QUIC: salt, labels and the numbers of packet types (RFC 9001, 5.2; RFC 9369, 3).</summary>
internal sealed class QuicVersion
{
    public const uint Version1 = 1;
    public const uint Version2 = 0x6B33_43CF;
    public const uint Negotiation = 0;

    // Version 2 as its drafts had it before it got its number.
    private const uint DraftOfVersion2 = 0x709A_50C4;

    // Google's QUIC with the headers of RFC 9000, in ASCII: Q050 with its own handshake, T050 and T051 with TLS.
    private const uint Q050 = 0x5130_3530;
    private const uint T050 = 0x5430_3530;
    private const uint T051 = 0x5430_3531;

    private static readonly QuicVersion One = new("38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "quic", 0);
    private static readonly QuicVersion Two = new("0dede3def700a6db819381be6e269dcbf9bd2ed9", "quicv2", 1);
    private static readonly QuicVersion TwoAsDraft = new("a707c203a59b47184a1d62ca570406ea7ae3e5d3", "quicv2", 1);
    private static readonly QuicVersion Drafts29To32 = new("afbfec289993d24c9e9786f19c6111e04390a899", "quic", 0);
    private static readonly QuicVersion Drafts23To28 = new("c3eef712c72ebb5a11a7d2432bb46365bef9f502", "quic", 0);
    private static readonly QuicVersion Draft22 = new("7fbcdb0e7c66bbe92a96cd21519bd7eb02644190", "quic", 0);
    private static readonly QuicVersion Google050 = new("7ff579e5acd072915580304c43a2367c60488310", "quic", 0);
    private static readonly QuicVersion Google051 = new("7a4edef4e7ccee5fa4506c19124fc8ccda6e033d", "quic", 0);

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

    /// <summary>Whether its packet types are numbered as those of version 2.</summary>
    public bool IsVersion2 => _rotation != 0;

    /// <summary>Whether it is one of Google's.</summary>
    public bool IsGoogles => this == Google050 || this == Google051;

    /// <summary>What is known of a version; null if its Initial packets cannot be read.</summary>
    public static QuicVersion? Find(uint version) => version switch
    {
        Version1 => One,
        Version2 => Two,
        DraftOfVersion2 => TwoAsDraft,
        0xFF00_0016 or 0xFACE_B001 => Draft22,
        (>= 0xFF00_0017 and <= 0xFF00_001C) or 0xFACE_B002 or 0xFACE_B00E => Drafts23To28,
        >= 0xFF00_001D and <= 0xFF00_0020 => Drafts29To32,
        0xFF00_0021 or 0xFF00_0022 => One,
        T050 => Google050,
        T051 => Google051,
        _ => null,
    };

    /// <summary>
    /// Whether a number may be a version's: one that is known, a draft, Google's or Facebook's, or one reserved to exercise
    /// negotiation (RFC 9000, 15).
    /// </summary>
    public static bool IsPlausible(uint version) =>
        Find(version) is not null || version == Q050 || version >> 8 is 0xFF_0000 or 0xFA_CEB0 || (version & 0x0F0F_0F0F) == 0x0A0A_0A0A;

    /// <summary>
    /// The type that the two bits of a long header stand for. RFC 8999 leaves them to the version; one that is not known is
    /// taken to be like version 1, which is what those seen outside of standards are.
    /// </summary>
    public static PacketType TypeOf(QuicVersion? version, byte first) => (PacketType)((((first >> 4) & 3) + 4 - (version?._rotation ?? 0)) & 3);

    /// <summary>What a version is called; null if it has no name.</summary>
    public static string? NameOf(uint version) => version switch
    {
        Negotiation => "version negotiation",
        Version1 => "1",
        Version2 => "2",
        DraftOfVersion2 => "2 (draft)",
        Q050 => "Google Q050",
        T050 => "Google T050",
        T051 => "Google T051",
        >= 0xFF00_0000 and <= 0xFF00_00FF => $"draft {version & 0xFF}",
        >= 0xFACE_B000 and <= 0xFACE_B0FF => "Facebook mvfst",
        _ => (version & 0x0F0F_0F0F) == 0x0A0A_0A0A ? "reserved for negotiation" : null,
    };
}
