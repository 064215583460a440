using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Presentation;

/// <summary>A ClientHello (RFC 8446, 4.1.2): what is offered.</summary>
internal sealed class ClientHello
{
    internal static class Fields
    {
        public static readonly Field ClientHello = Field.Group("client_hello");
        public static readonly Field Version = Field.Number("version", names: static v => TlsNumbers.VersionName((int)v));
        public static readonly Field Ciphers = Field.Number("ciphers");
        public static readonly Field Sni = Field.Text("sni", "tls.handshake.extensions_server_name", summary: true);
        public static readonly Field Alpn = Field.Text("alpn");
        public static readonly Field Versions = Field.Number("versions", "tls.handshake.extensions.supported_version");
        public static readonly Field OffersResumption = Field.Flag("offers_resumption");
        public static readonly Field Extensions = Field.Number(null, about: "Types of the extensions");
        public static readonly Field Groups = Field.Number(null, "tls.handshake.extensions_supported_group", about: "Groups offered for the key exchange");
        public static readonly Field Ja3 = Field.Text(null, "tls.handshake.ja3", about: "JA3 digest of what is offered");

        public static readonly Field[] All = [ClientHello, Version, Ciphers, Sni, Alpn, Versions, OffersResumption, Extensions, Groups, Ja3];
    }

    public int Version { get; private init; }

    public byte[] Random { get; private init; } = [];

    public int[] Ciphers { get; private init; } = [];

    public string? ServerName { get; private set; }

    public List<string> Alpn { get; } = [];

    public int[] Versions { get; private set; } = [];

    /// <summary>Types of the extensions, in their order.</summary>
    public List<int> ExtensionTypes { get; } = [];

    /// <summary>Groups offered for the key exchange.</summary>
    public int[] Groups { get; private set; } = [];

    /// <summary>Forms of points on elliptic curves (RFC 8422, 5.1.2).</summary>
    public byte[] PointFormats { get; private set; } = [];

    /// <summary>
    /// The JA3 digest (Salesforce, 2017): MD5 of version, ciphers, extensions, groups and point formats as decimal numbers, without the
    /// values that RFC 8701 reserves for greasing.
    /// </summary>
    public string Ja3
    {
        get
        {
            string text = $"{Version},{Join(Ciphers)},{Join(ExtensionTypes)},{Join(Groups)},{string.Join('-', PointFormats)}";
#pragma warning disable CA5351 // A fingerprint that others compute the same way, not a protection.
            return Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.ASCII.GetBytes(text)));
#pragma warning restore CA5351

            static string Join(IEnumerable<int> values) => string.Join('-', values.Where(v => !((v & 0x0F0F) == 0x0A0A && v >> 8 == (v & 0xFF))));
        }
    }

    /// <summary>Whether it offers to resume a session: a session identifier before TLS 1.3, a pre-shared key from it on.</summary>
    public bool OffersResumption { get; private set; }

    // Its ciphers have another form, so that filters and columns do not know them as those of TLS.
    private bool IsSsl2 { get; init; }

    public static ClientHello Read(ReadOnlySpan<byte> body)
    {
        var reader = new TlsReader(body);
        int version = reader.Take16();
        byte[] random = reader.Take(32).ToArray();
        int session = reader.Vector8().Length;
        int[] ciphers = new TlsReader(reader.Vector16()).Numbers16();
        reader.Vector8();
        var hello = new ClientHello { Version = version, Random = random, Ciphers = ciphers };
        var extensions = new TlsReader(reader.Vector16());
        while (!extensions.IsEmpty)
        {
            int type = extensions.Take16();
            hello.ExtensionTypes.Add(type);
            hello.Apply(type, extensions.Vector16());
        }

        hello.OffersResumption |= hello.Versions.Length == 0 && session > 0;
        return hello;
    }

    /// <summary>Reads one of SSL 2.0.</summary>
    public static ClientHello FromSsl2(ReadOnlySpan<byte> hello) => new() { Version = Ssl2Hello.VersionOf(hello), Ciphers = Ssl2Hello.Ciphers(hello), IsSsl2 = true };

    public void Describe(in LayerEntry entry, IFieldSink sink)
    {
        (int at, int length) = (entry.Offset, entry.Length);
        sink.BeginObject(Fields.ClientHello);
        sink.Number(Fields.Version, Version, at, length);
        if (!IsSsl2 || !sink.WantsHidden)
        {
            sink.Numbers(Fields.Ciphers, Ciphers, at, length);
        }

        if (ServerName is not null)
        {
            sink.Text(Fields.Sni, ServerName, at, length);
        }

        if (Alpn.Count > 0)
        {
            sink.Texts(Fields.Alpn, Alpn, at, length);
        }

        if (Versions.Length > 0)
        {
            sink.Numbers(Fields.Versions, Versions, at, length);
        }

        if (OffersResumption)
        {
            sink.Flag(Fields.OffersResumption, true, at, length);
        }

        if (sink.WantsHidden)
        {
            foreach (int extension in ExtensionTypes)
            {
                sink.Number(Fields.Extensions, extension, at, length);
            }

            sink.Numbers(Fields.Groups, Groups, at, length);
            if (!IsSsl2 && sink.Wants(Fields.Ja3))
            {
                sink.Text(Fields.Ja3, Ja3, at, length);
            }
        }

        sink.EndObject();
    }

    private void Apply(int type, ReadOnlySpan<byte> value)
    {
        var reader = new TlsReader(value);
        switch (type)
        {
            case TlsNumbers.ServerName:
                // RFC 6066, 3: a list of names, of which the type 0 is the only one there is.
                var names = new TlsReader(reader.Vector16());
                if (!names.IsEmpty && names.Take8() == 0)
                {
                    ServerName = AsciiText.Text(names.Vector16());
                }

                break;
            case TlsNumbers.Alpn:
                var protocols = new TlsReader(reader.Vector16());
                while (!protocols.IsEmpty)
                {
                    Alpn.Add(AsciiText.Text(protocols.Vector8()));
                }

                break;
            case TlsNumbers.SupportedGroups:
                Groups = new TlsReader(reader.Vector16()).Numbers16();
                break;
            case TlsNumbers.PointFormats:
                PointFormats = reader.Vector8().ToArray();
                break;
            case TlsNumbers.SupportedVersions:
                Versions = new TlsReader(reader.Vector8()).Numbers16();
                break;
            case TlsNumbers.PreSharedKey:
                OffersResumption = true;
                break;
            default:
                break;
        }
    }
}
