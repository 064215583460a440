using NetLab.Osi.Application;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Presentation;

/// <summary>A ServerHello (RFC 8446, 4.1.3): what was chosen.</summary>
internal sealed class ServerHello
{
    public int Version { get; private init; }

    public byte[] Random { get; private init; } = [];

    public int Cipher { get; private init; }

    public int? SelectedVersion { get; private set; }

    public string? Alpn { get; private set; }

    /// <summary>Whether a pre-shared key was taken (TLS 1.3).</summary>
    public bool IsResumed { get; private set; }

    public static ServerHello Read(ReadOnlySpan<byte> body)
    {
        var reader = new TlsReader(body);
        int version = reader.Take16();
        byte[] random = reader.Take(32).ToArray();
        reader.Vector8();
        var hello = new ServerHello { Version = version, Random = random, Cipher = reader.Take16() };
        reader.Take8();
        var extensions = new TlsReader(reader.Vector16());
        while (!extensions.IsEmpty)
        {
            int type = extensions.Take16();
            hello.Apply(type, extensions.Vector16());
        }

        return hello;
    }

    public void Describe(in LayerEntry entry, IFieldSink sink)
    {
        (int at, int length) = (entry.Offset, entry.Length);
        sink.BeginObject("server_hello"u8);
        sink.Number("version"u8, Version, at, length, TlsNumbers.VersionName(Version));
        sink.Number("cipher"u8, Cipher, at, length);
        if (SelectedVersion is { } selected)
        {
            sink.Number("selected_version"u8, selected, at, length, TlsNumbers.VersionName(selected));
        }

        if (Alpn is not null)
        {
            sink.Text("alpn"u8, Alpn, at, length);
        }

        if (IsResumed)
        {
            sink.Flag("resumed"u8, true, at, length);
        }

        sink.EndObject();
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
                Alpn = Words.Text(protocols.Vector8());
                break;
            case TlsNumbers.PreSharedKey:
                IsResumed = true;
                break;
            default:
                break;
        }
    }
}
