using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Session;

namespace NetLab.Osi.Presentation;

/// <summary>TLS (RFC 8446, RFC 5246): what both directions of a connection know of each other.</summary>
/// <param name="application">The stream's.</param>
/// <param name="mayResume">Whether the port says that it is TLS, so that what does not begin like a record is the middle of one.</param>
internal sealed class TlsProtocol(StreamApplication application, bool mayResume) : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "tls", OsiLayer.Presentation, "Transport Layer Security", TlsDetail.AllFields, static (in StreamStart start) => start.Application.MayNest ? new TlsProtocol(start.Application, mayResume: start.IsByPort) : null);

    public const int HeaderSize = 5;

    private StreamApplication? _inner;

    // RFC 5246, 6.2.3: 2^14 bytes, and 2048 that a cipher and a compression may add.
    private const int MaxRecord = (1 << 14) + 2048;

    public bool MayResume { get; } = mayResume;

    public StreamApplication Application { get; } = application;

    /// <summary>What the client offered, as far as it was seen.</summary>
    public ClientHello? ClientHello { get; set; }

    /// <summary>What the server chose, as far as it was seen.</summary>
    public ServerHello? ServerHello { get; set; }

    /// <summary>Whether TLS 1.3 was chosen: then a change of cipher spec is only for show (RFC 8446, D.4).</summary>
    public bool IsVersion13 => ServerHello?.SelectedVersion is { } selected && TlsNumbers.IsVersion13(selected);

    /// <summary>What is spoken inside, when it can be decrypted.</summary>
    public StreamApplication Inner => _inner ??= new StreamApplication(Application.Options, Application.Depth + 1);

    /// <summary>What is spoken inside gives up what it holds.</summary>
    public void GiveUpInner() => _inner?.GiveUp();

    /// <summary>A direction ended, and what is spoken inside with it.</summary>
    public void EndInner(in StreamSegment segment) => _inner?.End(segment.Inside(_inner));

    /// <summary>Whether bytes begin with the header of a record that has a body: one in three million segments would by chance.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        Ssl2Hello.Begins(bytes) || (bytes.Length > HeaderSize && bytes[0] <= TlsNumbers.ApplicationData && IsRecord(bytes) && (bytes[3] | bytes[4]) != 0);

    /// <summary>Whether bytes may begin a record, as far as they go.</summary>
    public static bool IsRecord(ReadOnlySpan<byte> bytes)
    {
        bool type = bytes[0] is >= TlsNumbers.ChangeCipherSpec and <= TlsNumbers.ApplicationData + 1;
        bool version = bytes.Length < 2 || bytes[1] == 3;
        bool minor = bytes.Length < 3 || bytes[2] <= 4;
        return type && version && minor && (bytes.Length < HeaderSize || BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]) <= MaxRecord);
    }

    protected override StreamParser Make(bool fromClient) => new TlsParser(this, fromClient);
}
