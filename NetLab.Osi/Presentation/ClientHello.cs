using System.Diagnostics.CodeAnalysis;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Presentation;

/// <summary>A ClientHello (RFC 8446, 4.1.2; RFC 5246, 7.4.1.2): what is offered. Does not change once it is read.</summary>
public sealed class ClientHello
{
    internal static class Fields
    {
        public static readonly Field ClientHello = Field.Group("client_hello");
        public static readonly Field Version = Field.Number("version", names: static v => TlsNumbers.VersionName((int)v));
        public static readonly Field Ciphers = Field.Number("ciphers");
        public static readonly Field Sni = Field.Text("sni", "tls.handshake.extensions_server_name", summary: true);
        public static readonly Field Alpn = Field.Text("alpn");
        public static readonly Field Versions = Field.Number("versions", "tls.handshake.extensions.supported_version", width: 2);
        public static readonly Field OffersResumption = Field.Flag("offers_resumption");
        public static readonly Field Extensions = Field.Number(null, about: "Types of the extensions");
        public static readonly Field Groups = Field.Number(null, "tls.handshake.extensions_supported_group", about: "Groups offered for the key exchange", width: 2);
        public static readonly Field Ja3 = Field.Text(null, "tls.handshake.ja3", about: "JA3 digest of what is offered");

        public static readonly Field[] All = [ClientHello, Version, Ciphers, Sni, Alpn, Versions, OffersResumption, Extensions, Groups, Ja3];
    }

    private readonly List<string> _alpn = [];
    private readonly List<int> _extensions = [];
    private int[] _ciphers = [];
    private int[] _versions = [];
    private int[] _groups = [];
    private byte[] _pointFormats = [];

    private ClientHello()
    {
    }

    /// <summary>The version in the message's own field: 0x0303 in TLS 1.3, too.</summary>
    public int Version { get; private init; }

    /// <summary>The client's random: 32 bytes, fewer if the message is cut; none in SSL 2.0.</summary>
    public ReadOnlyMemory<byte> Random { get; private init; }

    /// <summary>The cipher suites (IANA, TLS Cipher Suites), the preferred first.</summary>
    public IReadOnlyList<int> Ciphers => _ciphers;

    /// <summary>The name of the server that is asked for (RFC 6066, 3); null if none is.</summary>
    public string? ServerName { get; private set; }

    /// <summary>Names of the application's protocols (RFC 7301), the preferred first.</summary>
    public IReadOnlyList<string> Alpn => _alpn;

    /// <summary>The versions that the extension offers, the preferred first; empty before TLS 1.3.</summary>
    public IReadOnlyList<int> Versions => _versions;

    /// <summary>Types of the extensions, in their order.</summary>
    public IReadOnlyList<int> ExtensionTypes => _extensions;

    /// <summary>Groups offered for the key exchange.</summary>
    public IReadOnlyList<int> Groups => _groups;

    /// <summary>Forms of points on elliptic curves (RFC 8422, 5.1.2).</summary>
    public IReadOnlyList<byte> PointFormats => _pointFormats;

    /// <summary>
    /// The JA3 digest (Salesforce, 2017): MD5 of version, ciphers, extensions, groups and point formats as decimal numbers, without the
    /// values that RFC 8701 reserves for greasing.
    /// </summary>
    public string Ja3
    {
        get
        {
            string text = $"{Version},{Join(_ciphers)},{Join(_extensions)},{Join(_groups)},{string.Join('-', _pointFormats)}";
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

    /// <summary>Reads a ClientHello.</summary>
    /// <param name="body">The handshake message behind its type and length.</param>
    /// <param name="hello">The hello; null if the answer is false.</param>
    /// <returns>False if it ends before the session identifier; extensions that are cut are left out.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out ClientHello? hello)
    {
        hello = body.Length > TlsNumbers.RandomEnd ? Read(body) : null;
        return hello is not null;
    }

    internal static ClientHello Read(ReadOnlySpan<byte> body)
    {
        var reader = new TlsReader(body);
        int version = reader.Take16();
        byte[] random = reader.Take(32).ToArray();
        int session = reader.Vector8().Length;
        int[] ciphers = new TlsReader(reader.Vector16()).Numbers16();
        reader.Vector8();
        var hello = new ClientHello { Version = version, Random = random, _ciphers = ciphers };
        var extensions = new TlsReader(reader.Vector16());
        while (!extensions.IsEmpty)
        {
            int type = extensions.Take16();
            hello._extensions.Add(type);
            hello.Apply(type, extensions.Vector16());
        }

        hello.OffersResumption |= hello._versions.Length == 0 && session > 0;
        return hello;
    }

    /// <summary>Reads one of SSL 2.0.</summary>
    internal static ClientHello FromSsl2(ReadOnlySpan<byte> hello) => new() { Version = Ssl2Hello.VersionOf(hello), _ciphers = Ssl2Hello.Ciphers(hello), IsSsl2 = true };

    internal void Describe(in LayerEntry entry, IFieldSink sink)
    {
        (int at, int length) = (entry.Offset, entry.Length);
        sink.BeginObject(Fields.ClientHello);
        sink.Number(Fields.Version, Version, at, length);
        if (!IsSsl2 || !sink.WantsHidden)
        {
            sink.Numbers(Fields.Ciphers, _ciphers, at, length);
        }

        if (ServerName is not null)
        {
            sink.Text(Fields.Sni, ServerName, at, length);
        }

        if (_alpn.Count > 0)
        {
            sink.Texts(Fields.Alpn, _alpn, at, length);
        }

        if (_versions.Length > 0)
        {
            sink.Numbers(Fields.Versions, _versions, at, length);
        }

        if (OffersResumption)
        {
            sink.Flag(Fields.OffersResumption, true, at, length);
        }

        if (sink.WantsHidden)
        {
            foreach (int extension in _extensions)
            {
                sink.Number(Fields.Extensions, extension, at, length);
            }

            sink.Numbers(Fields.Groups, _groups, at, length);
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
                    _alpn.Add(AsciiText.Text(protocols.Vector8()));
                }

                break;
            case TlsNumbers.SupportedGroups:
                _groups = new TlsReader(reader.Vector16()).Numbers16();
                break;
            case TlsNumbers.PointFormats:
                _pointFormats = reader.Vector8().ToArray();
                break;
            case TlsNumbers.SupportedVersions:
                _versions = new TlsReader(reader.Vector8()).Numbers16();
                break;
            case TlsNumbers.PreSharedKey:
                OffersResumption = true;
                break;
            default:
                break;
        }
    }
}
