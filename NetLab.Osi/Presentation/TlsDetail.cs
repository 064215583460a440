using System.Runtime.InteropServices;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Presentation;

/// <summary>The TLS records that a packet completes, and what can be read of the messages in them.</summary>
internal sealed class TlsDetail : LayerDetail
{
    internal static class Fields
    {
        public static readonly Field Records = Field.Number("records", about: "Content types of the records", summary: true);
        public static readonly Field ContentType = Field.Number(null, "tls.record.content_type", about: "Content type of a record, as far as it can be read", names: static v => TlsNumbers.ContentName((int)v), width: 1);
        public static readonly Field OpaqueType = Field.Number(null, "tls.record.opaque_type", about: "Content type that a record of TLS 1.3 shows to everybody", width: 1);
        public static readonly Field Handshakes = Field.Number("handshakes", "tls.handshake.type", about: "Types of the handshake messages", summary: true, width: 1);
        public static readonly Field Alerts = Field.Number("alerts", "tls.alert_message.desc", about: "Descriptions of the alerts", summary: true, width: 1);
        public static readonly Field DecryptedBytes = Field.Number("decrypted_bytes");
        public static readonly Field RecordVersion = Field.Number(null, "tls.record.version", about: "Versions of the records", width: 2);
        public static readonly Field RecordLength = Field.Number(null, "tls.record.length", about: "Lengths of the records", width: 2);

        /// <summary>What both hellos have.</summary>
        public static readonly Field HandshakeVersion = Field.Either("tls.handshake.version", Presentation.ClientHello.Fields.Version, Presentation.ServerHello.Fields.Version);
        public static readonly Field CipherSuite = Field.Either("tls.handshake.ciphersuite", Presentation.ClientHello.Fields.Ciphers, Presentation.ServerHello.Fields.Cipher);
        public static readonly Field AlpnText = Field.Either("tls.handshake.extensions_alpn_str", Presentation.ClientHello.Fields.Alpn, Presentation.ServerHello.Fields.Alpn);
        public static readonly Field ExtensionType = Field.Either("tls.handshake.extension.type", Presentation.ClientHello.Fields.Extensions, Presentation.ServerHello.Fields.Extensions);

        public static readonly Field[] All = [Records, Handshakes, Alerts, DecryptedBytes, ContentType, OpaqueType, RecordVersion, RecordLength, HandshakeVersion, CipherSuite, AlpnText, ExtensionType];
    }

    /// <summary>The fields of records and of the messages in them.</summary>
    public static IReadOnlyList<Field> AllFields => [.. Fields.All, .. ClientHello.Fields.All, .. ServerHello.Fields.All];

    private const int Ssl2 = -2;

    private List<ClientHello>? _clientHellos;
    private List<ServerHello>? _serverHellos;

    /// <summary>Content types.</summary>
    public List<int> Records { get; } = [];

    /// <summary>Versions, lengths and content types of the records: -1 where TLS 1.3 hides it.</summary>
    public List<(int Version, int Length, int Type)> Headers { get; } = [];

    /// <summary>Types of handshake messages that are not encrypted, or were decrypted.</summary>
    public List<int> Handshakes { get; } = [];

    /// <summary>Descriptions of alerts that are not encrypted, or were decrypted.</summary>
    public List<int> Alerts { get; } = [];

    /// <summary>Bytes of application data that were decrypted.</summary>
    public long DecryptedBytes { get; set; }

    /// <summary>Takes a handshake message.</summary>
    public void Add(int type, ReadOnlySpan<byte> body, out ClientHello? clientHello, out ServerHello? serverHello)
    {
        Handshakes.Add(type);
        (clientHello, serverHello) = (null, null);
        if (type == TlsNumbers.ClientHello)
        {
            (_clientHellos ??= []).Add(clientHello = ClientHello.Read(body));
        }
        else if (type == TlsNumbers.ServerHello)
        {
            (_serverHellos ??= []).Add(serverHello = ServerHello.Read(body));
        }
        else if (type == TlsNumbers.EncryptedExtensions)
        {
            (_serverHellos ??= []).Add(ServerHello.OnlyExtensions(body));
        }
    }

    /// <summary>Takes a hello of SSL 2.0.</summary>
    public void AddSsl2(ReadOnlySpan<byte> hello, out ClientHello clientHello)
    {
        Headers.Add((0x0002, Ssl2Hello.LengthOf(hello), Ssl2));
        Handshakes.Add(TlsNumbers.ClientHello);
        (_clientHellos ??= []).Add(clientHello = ClientHello.FromSsl2(hello));
    }

    /// <summary>The hellos: those of clients, then those of servers.</summary>
    public override IReadOnlyList<object> Completed => [.. _clientHellos ?? [], .. (_serverHellos ?? []).Where(h => !h.IsContinuation)];

    public override void Describe(in LayerEntry entry, IFieldSink sink)
    {
        (int at, int length) = (entry.Offset, entry.Length);
        if (Records.Count > 0)
        {
            sink.Numbers(Fields.Records, CollectionsMarshal.AsSpan(Records), at, length);
        }

        if (Handshakes.Count > 0)
        {
            sink.Numbers(Fields.Handshakes, CollectionsMarshal.AsSpan(Handshakes), at, length);
        }

        if (Alerts.Count > 0)
        {
            sink.Numbers(Fields.Alerts, CollectionsMarshal.AsSpan(Alerts), at, length);
        }

        for (int i = 0; sink.WantsHidden && i < Headers.Count; i++)
        {
            if (Headers[i].Type == Ssl2)
            {
                // Its records have no content type.
            }
            else if (Headers[i].Type >= 0)
            {
                sink.Number(Fields.ContentType, Headers[i].Type, at, length);
            }
            else
            {
                sink.Number(Fields.OpaqueType, TlsNumbers.ApplicationData, at, length);
            }

            sink.Number(Fields.RecordVersion, Headers[i].Version, at, length);
            sink.Number(Fields.RecordLength, Headers[i].Length, at, length);
        }

        // A second one on the same packet would be a second key of the same name in JSON; it is rare enough to be left out there.
        int hellos = sink.WantsHidden ? int.MaxValue : 1;
        for (int i = 0; i < Math.Min(hellos, _clientHellos?.Count ?? 0); i++)
        {
            _clientHellos![i].Describe(entry, sink);
        }

        for (int i = 0; i < Math.Min(hellos, _serverHellos?.Count ?? 0); i++)
        {
            _serverHellos![i].Describe(entry, sink);
        }

        if (DecryptedBytes > 0)
        {
            sink.Number(Fields.DecryptedBytes, DecryptedBytes, at, length);
        }
    }
}
