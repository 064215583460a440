using System.Diagnostics.CodeAnalysis;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Presentation;

/// <summary>A ServerHello (RFC 8446, 4.1.3; RFC 5246, 7.4.1.3): what was chosen. Does not change once it is read.</summary>
public sealed class ServerHello
{
    internal static class Fields
    {
        public static readonly Field ServerHello = Field.Group("server_hello");
        public static readonly Field Version = Field.Number("version", names: static v => TlsNumbers.VersionName((int)v));
        public static readonly Field Cipher = Field.Number("cipher");
        public static readonly Field SelectedVersion = Field.Number("selected_version", "tls.handshake.extensions.selected_version", names: static v => TlsNumbers.VersionName((int)v));
        public static readonly Field Alpn = Field.Text("alpn");
        public static readonly Field Resumed = Field.Flag("resumed");
        public static readonly Field Extensions = Field.Number(null, about: "Types of the extensions");

        public static readonly Field[] All = [ServerHello, Version, Cipher, SelectedVersion, Alpn, Resumed, Extensions];
    }

    private readonly List<int> _extensions = [];

    private ServerHello()
    {
    }

    /// <summary>The version in the message's own field: 0x0303 in TLS 1.3, too.</summary>
    public int Version { get; private init; }

    /// <summary>The server's random: 32 bytes, fewer if the message is cut.</summary>
    public ReadOnlyMemory<byte> Random { get; private init; }

    /// <summary>The cipher suite (IANA, TLS Cipher Suites).</summary>
    public int Cipher { get; private init; }

    /// <summary>The version that the extension selects: 0x0304 for TLS 1.3; null before it.</summary>
    public int? SelectedVersion { get; private set; }

    /// <summary>The application's protocol (RFC 7301); null if none was chosen in the open.</summary>
    public string? Alpn { get; private set; }

    /// <summary>Whether a pre-shared key was taken (TLS 1.3).</summary>
    public bool IsResumed { get; private set; }

    /// <summary>Types of the extensions, in their order.</summary>
    public IReadOnlyList<int> ExtensionTypes => _extensions;

    // EncryptedExtensions (RFC 8446, 4.3.1) continue the hello that came before them.
    internal bool IsContinuation { get; init; }

    /// <summary>Reads a ServerHello.</summary>
    /// <param name="body">The handshake message behind its type and length.</param>
    /// <param name="hello">The hello; null if the answer is false.</param>
    /// <returns>False if it ends before the session identifier, extensions that are cut are left out.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out ServerHello? hello)
    {
        hello = body.Length > TlsNumbers.RandomEnd ? Read(body) : null;
        return hello is not null;
    }

    internal static ServerHello Read(ReadOnlySpan<byte> body)
    {
        var reader = new TlsReader(body);
        int version = reader.Take16();
        byte[] random = reader.Take(32).ToArray();

        // Drafts of TLS 1.3 up to 21 have neither a session identifier nor a compression method; their version is the draft's.
        bool isShort = version >> 8 == 0x7F;
        if (!isShort)
        {
            reader.Vector8();
        }

        var hello = new ServerHello { Version = version, Random = random, Cipher = reader.Take16(), SelectedVersion = isShort ? version : null };
        if (!isShort)
        {
            reader.Take8();
        }

        hello.ReadExtensions(reader.Vector16());
        return hello;
    }

    /// <summary>Reads the extensions that a server sends encrypted.</summary>
    internal static ServerHello OnlyExtensions(ReadOnlySpan<byte> body)
    {
        var hello = new ServerHello { IsContinuation = true };
        hello.ReadExtensions(new TlsReader(body).Vector16());
        return hello;
    }

    internal void Describe(in LayerEntry entry, IFieldSink sink)
    {
        (int at, int length) = (entry.Offset, entry.Length);
        sink.BeginObject(Fields.ServerHello);
        if (!IsContinuation)
        {
            sink.Number(Fields.Version, Version, at, length);
            sink.Number(Fields.Cipher, Cipher, at, length);
        }

        if (SelectedVersion is { } selected)
        {
            sink.Number(Fields.SelectedVersion, selected, at, length);
        }

        if (Alpn is not null)
        {
            sink.Text(Fields.Alpn, Alpn, at, length);
        }

        if (IsResumed)
        {
            sink.Flag(Fields.Resumed, true, at, length);
        }

        for (int i = 0; sink.WantsHidden && i < ExtensionTypes.Count; i++)
        {
            sink.Number(Fields.Extensions, ExtensionTypes[i], at, length);
        }

        sink.EndObject();
    }

    private void ReadExtensions(ReadOnlySpan<byte> bytes)
    {
        var extensions = new TlsReader(bytes);
        while (!extensions.IsEmpty)
        {
            int type = extensions.Take16();
            _extensions.Add(type);
            Apply(type, extensions.Vector16());
        }
    }

    private void Apply(int type, ReadOnlySpan<byte> value)
    {
        var reader = new TlsReader(value);
        switch (type)
        {
            case TlsNumbers.SupportedVersions:
                SelectedVersion = reader.Take16();
                break;
            case TlsNumbers.Alpn:
                var protocols = new TlsReader(reader.Vector16());
                Alpn = AsciiText.Text(protocols.Vector8());
                break;
            case TlsNumbers.PreSharedKey:
                IsResumed = true;
                break;
            default:
                break;
        }
    }
}
