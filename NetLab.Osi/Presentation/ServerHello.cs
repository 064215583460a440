using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Presentation;

/// <summary>A ServerHello (RFC 8446, 4.1.3): what was chosen.</summary>
internal sealed class ServerHello
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

    public int Version { get; private init; }

    public byte[] Random { get; private init; } = [];

    public int Cipher { get; private init; }

    public int? SelectedVersion { get; private set; }

    public string? Alpn { get; private set; }

    /// <summary>Whether a pre-shared key was taken (TLS 1.3).</summary>
    public bool IsResumed { get; private set; }

    /// <summary>Types of the extensions, in their order.</summary>
    public List<int> ExtensionTypes { get; } = [];

    // EncryptedExtensions (RFC 8446, 4.3.1) continue the hello that came before them.
    private bool IsContinuation { get; init; }

    public static ServerHello Read(ReadOnlySpan<byte> body)
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
    public static ServerHello OnlyExtensions(ReadOnlySpan<byte> body)
    {
        var hello = new ServerHello { IsContinuation = true };
        hello.ReadExtensions(new TlsReader(body).Vector16());
        return hello;
    }

    public void Describe(in LayerEntry entry, IFieldSink sink)
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
            ExtensionTypes.Add(type);
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
