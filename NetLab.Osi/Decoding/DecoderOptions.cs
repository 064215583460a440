using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Decoding;

/// <summary>How a <see cref="PacketDecoder"/> works.</summary>
public sealed record DecoderOptions
{
    /// <summary>The protocols it knows, and what chooses them; <see cref="ProtocolRegistry.With(Protocol, string)"/> adds others.</summary>
    public ProtocolRegistry Protocols { get; init; } = BuiltInProtocols.Registry;

    /// <summary>Whether TCP streams are followed; without them, decoding ends at the segment's header.</summary>
    public bool FollowStreams { get; init; } = true;

    /// <summary>The name of the only interface whose packets are decoded; null for all.</summary>
    public string? OnlyInterface { get; init; }

    /// <summary>Told of the bytes of TCP streams as they come in order, on the decoder's thread; or null.</summary>
    public StreamBytesHandler? StreamBytes { get; init; }

    /// <summary>
    /// Told of holes that are passed over, in order with <see cref="StreamBytes"/>: the stream, whether its client sent what is
    /// missing, and how many bytes that are; or null.
    /// </summary>
    public Action<TcpStream, bool, long>? StreamHole { get; init; }

    /// <summary>Told of the bytes that TLS carried in TCP streams, where its secrets are known, in order; or null.</summary>
    public StreamBytesHandler? DecryptedBytes { get; init; }

    /// <summary>
    /// Told of what HTTP, SMTP, IMAP, FTP and TFTP carried and is whole, 32 MiB at most and 64 MiB of all files of TFTP together, one at a time on a thread of the
    /// decoder; or null. Needs <see cref="DecodeBodies"/>.
    /// </summary>
    public Action<CarriedObject>? ObjectFound { get; init; }

    /// <summary>
    /// Told of TCP streams that are handed over before the end of the capture, on the decoder's thread, because it has more
    /// than some forty thousand; or null, and they are forgotten. <see cref="PacketDecoder.TcpStreams"/> has the others.
    /// </summary>
    public Action<TcpStream>? StreamEnded { get; init; }

    /// <summary>Told of UDP conversations that are let go of before the end of the capture, on the thread that takes headers apart; or null.</summary>
    internal Action<FlowKey, UdpFlow>? UdpFlowEnded { get; init; }

    /// <summary>Whether the decoder is copied in the middle of conversations: then the sums of bodies are such that can be, and slower.</summary>
    internal bool IsCopied { get; init; }

    /// <summary>Whether the SHA-256 of each TCP direction is kept; it costs as much as the rest of a decode.</summary>
    public bool HashStreams { get; init; } = true;

    /// <summary>Whether HTTP bodies are kept until they end, to be decoded and hashed.</summary>
    public bool DecodeBodies { get; init; } = true;
}
