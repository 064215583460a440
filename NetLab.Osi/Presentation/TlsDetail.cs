using System.Runtime.InteropServices;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Presentation;

/// <summary>The TLS records that a packet completes, and what can be read of the messages in them.</summary>
internal sealed class TlsDetail : LayerDetail
{
    internal static class Fields
    {
        public static readonly Field Records = Field.Number("records", "tls.record.content_type", about: "Content types of the records", summary: true);
        public static readonly Field Handshakes = Field.Number("handshakes", "tls.handshake.type", about: "Types of the handshake messages", summary: true);
        public static readonly Field Alerts = Field.Number("alerts", "tls.alert_message.desc", about: "Descriptions of the alerts", summary: true);
        public static readonly Field DecryptedBytes = Field.Number("decrypted_bytes");
        public static readonly Field RecordVersion = Field.Number(null, "tls.record.version", about: "Versions of the records");
        public static readonly Field RecordLength = Field.Number(null, "tls.record.length", about: "Lengths of the records");

        public static readonly Field[] All = [Records, Handshakes, Alerts, DecryptedBytes, RecordVersion, RecordLength];
    }

    /// <summary>The fields of records and of the messages in them.</summary>
    public static IReadOnlyList<Field> AllFields => [.. Fields.All, .. ClientHello.Fields.All, .. ServerHello.Fields.All];

    private List<ClientHello>? _clientHellos;
    private List<ServerHello>? _serverHellos;

    /// <summary>Content types.</summary>
    public List<int> Records { get; } = [];

    /// <summary>Versions and lengths of the records.</summary>
    public List<(int Version, int Length)> Headers { get; } = [];

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
    }

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
            sink.Number(Fields.RecordVersion, Headers[i].Version, at, length);
            sink.Number(Fields.RecordLength, Headers[i].Length, at, length);
        }

        // A second one on the same packet would be a second key of the same name; it is rare enough to be left out.
        _clientHellos?[0].Describe(entry, sink);
        _serverHellos?[0].Describe(entry, sink);
        if (DecryptedBytes > 0)
        {
            sink.Number(Fields.DecryptedBytes, DecryptedBytes, at, length);
        }
    }
}
