using System.Globalization;
using NetLab.Host.Captures;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;
using NetLab.Osi.Session;

namespace NetLab.Host.Flows;

/// <summary>Reads one conversation out of a capture.</summary>
internal sealed class FlowReader(ConversationName name, int maxEvents)
{
    private static readonly DecoderOptions Options = new() { HashStreams = false, DecodeBodies = false };

    private readonly List<FlowEvent> _events = [];
    private readonly PacketLabel _label = new();
    private string _client = "";
    private string _server = "";

    /// <summary>Packets beyond the most that a ladder shows.</summary>
    public long LeftOut { get; private set; }

    /// <returns>How the reading ended, and the conversation.</returns>
    /// <exception cref="InvalidDataException">The capture has no such conversation.</exception>
    public (int Exit, Flow Flow) Read(CaptureInput capture, CancellationToken cancellationToken)
    {
        int exit = capture.Decode(
            Options,
            (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                Add(packet.Bytes, decoded);
                return true;
            },
            _ => { },
            cancellationToken);
        return _events.Count > 0 ? (exit, new Flow(_client, _server, _events)) : throw new InvalidDataException($"{capture.Path}: there is no stream {name}");
    }

    /// <summary>Reads it out of a recording that is known to be whole.</summary>
    public Flow Read(CaptureReader recording)
    {
        DecodePipeline.Run(
            recording,
            new PacketDecoder(Options),
            (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                Add(packet.Bytes, decoded);
                return true;
            },
            cancellationToken: CancellationToken.None);
        return new Flow(_client, _server, _events);
    }

    private void Add(ReadOnlySpan<byte> bytes, DecodedPacket decoded)
    {
        bool fromClient;
        string marks = "";
        if (!name.IsUdp && decoded.Session is { } session && session.StreamNumber == name.Number)
        {
            fromClient = session.FromClient;
            marks = string.Join(", ", TcpAnalysisNames.Of(session.Analysis & ~TcpAnalysisFlags.WindowUpdate));
            (_client, _server) = (session.Client.ToString(), session.Server.ToString());
        }
        else if (name.IsUdp && decoded.UdpPayload(bytes, name.Number, out _, out bool fromFirst))
        {
            fromClient = fromFirst;
            if (_events.Count == 0)
            {
                (_client, _server) = _label.Ends(decoded, bytes);
            }
        }
        else
        {
            return;
        }

        if (_events.Count >= maxEvents)
        {
            LeftOut++;
            return;
        }

        string cut = decoded.IsCut ? string.Create(CultureInfo.InvariantCulture, $" (cut at {decoded.CapturedLength} bytes)") : "";
        _events.Add(new FlowEvent(decoded.Number, decoded.Time, fromClient, _label.Of(decoded, bytes) + cut, marks));
    }
}
