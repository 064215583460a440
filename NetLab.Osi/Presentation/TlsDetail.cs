using System.Runtime.InteropServices;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Presentation;

/// <summary>The TLS records that a packet completes, and what can be read of the messages in them.</summary>
internal sealed class TlsDetail : LayerDetail
{
    internal static class Fields
    {
        public static readonly Field Records = Field.Number("records");
        public static readonly Field Handshakes = Field.Number("handshakes");
        public static readonly Field Alerts = Field.Number("alerts");
        public static readonly Field DecryptedBytes = Field.Number("decrypted_bytes");

        public static readonly Field[] All = [Records, Handshakes, Alerts, DecryptedBytes];
    }

    /// <summary>The fields of records and of the messages in them.</summary>
    public static IReadOnlyList<Field> AllFields => [.. Fields.All, .. ClientHello.Fields.All, .. ServerHello.Fields.All];

    private List<ClientHello>? _clientHellos;
    private List<ServerHello>? _serverHellos;

    /// <summary>Content types.</summary>
    public List<int> Records { get; } = [];

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

        // A second one on the same packet would be a second key of the same name; it is rare enough to be left out.
        _clientHellos?[0].Describe(entry, sink);
        _serverHellos?[0].Describe(entry, sink);
        if (DecryptedBytes > 0)
        {
            sink.Number(Fields.DecryptedBytes, DecryptedBytes, at, length);
        }
    }
}
