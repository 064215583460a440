using NetLab.Osi.Captures;
using NetLab.Osi.Numbers;
using NetLab.Osi.Physical;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Decoding;

/// <summary>Takes packets of one capture apart, in file order, and remembers the conversations between them.</summary>
public sealed class PacketDecoder
{
    private readonly DecoderOptions _options;
    private HashSet<string>? _otherInterfaces;
    private bool _interfaceIsThere;

    // Each half of decoding has a memory of its own, so that each can have a thread.
    private readonly DecoderMemory _packets = new();
    private readonly DecoderMemory _streams = new();
    private readonly TcpStreams _tcpStreams;
    private readonly ExpectedEnds _expected = new();
    private readonly Lock _objectsInTurn = new();
    private long? _firstTime;
    private long _lastTime;

    /// <summary>Makes a decoder that has seen nothing yet.</summary>
    /// <param name="options">How it works; null for the defaults.</param>
    public PacketDecoder(DecoderOptions? options = null)
    {
        _options = options ?? new DecoderOptions();
        if (_options.UdpFlowEnded is { } ended)
        {
            _packets.Recall(UdpFlows.Slot).Ended = ended;
        }

        Action<CarriedObject>? found = _options.ObjectFound is { } told ? new Action<CarriedObject>(o => InTurn(told, o)) : null;
        if (found is not null)
        {
            _packets.Recall(ObjectListener.Slot).Found = found;
        }

        _tcpStreams = new TcpStreams(new StreamOptions(
            _options.StreamBytes, _options.StreamHole, _options.DecryptedBytes, found, _options.StreamEnded, _options.HashStreams, _options.DecodeBodies, _options.IsCopied));
    }

    /// <summary>The TCP streams seen so far, in the order of their first packets.</summary>
    public IEnumerable<TcpStream> TcpStreams => _tcpStreams.All;

    /// <summary>The protocols it knows.</summary>
    public ProtocolRegistry Protocols => _options.Protocols;

    /// <summary>The UDP conversations that are remembered; of more than some thirty thousand, the latest.</summary>
    internal IEnumerable<(FlowKey Key, UdpFlow Flow)> UdpConversations => _packets.Recall(UdpFlows.Slot).All;

    /// <summary>
    /// Lets it decode the packets of one conversation as a decoder of the whole capture would: with that one's numbers, and
    /// with what messages of other conversations announced.
    /// </summary>
    /// <param name="tcpStream">The number that the first TCP stream gets.</param>
    /// <param name="udpConversation">The number that the first UDP conversation gets.</param>
    /// <param name="whole">The decoder that has seen the whole capture, and decodes nothing any more; null if there is none yet.</param>
    internal void StartAt(int tcpStream, int udpConversation, PacketDecoder? whole)
    {
        _tcpStreams.NumberFrom(tcpStream);
        UdpFlows flows = _packets.Recall(UdpFlows.Slot);
        flows.NumberFrom(udpConversation);
        if (whole is not null)
        {
            flows.Adopt(whole._packets.Recall(UdpFlows.Slot));
            _expected.Adopt(whole._expected);
        }
    }

    /// <summary>Takes keys of TLS connections in the NSS Key Log Format, by which those connections are decrypted from here on.</summary>
    /// <param name="lines">The lines of the log; lines that make no sense are passed over.</param>
    /// <returns>How many lines are secrets, of whatever label.</returns>
    public int AddKeyLog(string lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return _streams.Recall(TlsSecrets.Slot).Add(lines);
    }

    /// <summary>Tells the fields of a decoded packet, protocol by protocol.</summary>
    /// <param name="bytes">The packet's bytes.</param>
    /// <param name="packet">What was found in them.</param>
    /// <param name="sink">Who is told.</param>
    public static void Describe(ReadOnlySpan<byte> bytes, DecodedPacket packet, IFieldSink sink)
    {
        ArgumentNullException.ThrowIfNull(packet);
        ArgumentNullException.ThrowIfNull(sink);
        var view = new PacketView(bytes, packet);
        for (int i = 0; i < packet.Count; i++)
        {
            if (sink.BeginLayer(packet.Entries[i]))
            {
                LayerFields.Describe(view, i, sink);
                sink.EndLayer();
            }
        }
    }

    /// <summary>Whether packets of an interface are not wanted.</summary>
    internal bool PassesOver(CaptureInterface source)
    {
        if (_options.OnlyInterface is not { } only)
        {
            return false;
        }

        if (source.Name == only)
        {
            _otherInterfaces = null;
            _interfaceIsThere = true;
            return false;
        }

        if (!_interfaceIsThere && source.Name is { } name)
        {
            (_otherInterfaces ??= []).Add(name);
        }

        return true;
    }

    /// <summary>
    /// While <see cref="DecoderOptions.OnlyInterface"/> has had no packet, the names of interfaces that had; null once it has, or where
    /// every interface is wanted.
    /// </summary>
    public IReadOnlyCollection<string>? OtherInterfaces => _options.OnlyInterface is null || _interfaceIsThere ? null : _otherInterfaces ?? [];

    /// <summary>Takes a packet apart.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="result">Gets what is found, in place of what it held; serves packet after packet.</param>
    public void Decode(in CapturedPacket packet, DecodedPacket result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Dissect(packet, result);
        Follow(packet.Bytes, result);
    }

    /// <summary>The second half of decoding: puts a packet's TCP segment into its conversation, and looks at what messages before it announced.</summary>
    /// <param name="bytes">The packet's bytes.</param>
    /// <param name="result">What the first half found; gets what the segment means and brings.</param>
    internal void Follow(ReadOnlySpan<byte> bytes, DecodedPacket result)
    {
        if (result.Undecided >= 0 && _expected.Any)
        {
            DissectExpected(bytes, result);
        }

        if (_options.FollowStreams)
        {
            foreach (ref readonly PendingSegment pending in result.Pending)
            {
                LayerEntry entry = result.Entries[pending.Index];
                ReadOnlySpan<byte> buffer = result.BufferOf(bytes, entry);
                _tcpStreams.Take(DissectionOf(bytes, buffer, result, _streams, entry.Offset + entry.WireLength, entry.Buffer), pending);
            }
        }

        result.ClearPending();

        // Both halves announce; all is taken note of here, in the order of packets, whatever the threads do.
        if (result.Expectations.Count > 0)
        {
            _expected.Add(result.Expectations);
        }
    }

    /// <summary>The first half of decoding: headers, and what UDP carries. The two halves share no memory, so that each can have a thread.</summary>
    internal void Dissect(in CapturedPacket packet, DecodedPacket result)
    {
        result.Reset();
        result.Number = packet.Number;
        result.FrameNumber = packet.Number + packet.CustomBlocks;
        result.Time = packet.Time;
        if (packet.Time is { } time)
        {
            // A damaged clock may be anything: what overflows wraps around.
            _lastTime = _firstTime is null ? time : _lastTime;
            _firstTime ??= time;
            result.RelativeTime = unchecked(time - _firstTime.Value);
            result.DeltaTime = unchecked(time - _lastTime);
            _lastTime = time;
        }

        result.OriginalLength = packet.OriginalLength;
        result.CapturedLength = packet.Bytes.Length;
        result.LinkType = LinkTypes.Canonical(packet.Source.LinkType);
        result.InterfaceName = packet.Source.Name;
        result.Comment = packet.Comment;
        Dissection dissection = DissectionOf(packet.Bytes, packet.Bytes, result, _packets, (int)Math.Clamp(packet.OriginalLength, packet.Bytes.Length, int.MaxValue / 2), 0);
        dissection.Add(FrameProtocol.Value, 0, 0, packet.Bytes.Length);
        dissection.Next(NumberTable.LinkType, result.LinkType, 0, packet.Bytes.Length);
    }

    // Datagrams and streams are taken apart on a thread each.
    private void InTurn(Action<CarriedObject> found, CarriedObject carried)
    {
        lock (_objectsInTurn)
        {
            found(carried);
        }
    }

    private Dissection DissectionOf(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> bytes, DecodedPacket result, DecoderMemory memory, int wireEnd, int buffer, bool isQuoted = false) =>
        new(packet, bytes, result, _options.Protocols, memory, wireEnd, buffer, isQuoted);

    // The last layer is data behind a UDP header: a message may have said what it is.
    private void DissectExpected(ReadOnlySpan<byte> bytes, DecodedPacket result)
    {
        LayerEntry data = result.Entries[result.Undecided];
        Dissection dissection = DissectionOf(bytes, result.BufferOf(bytes, data), result, _streams, data.Offset + data.WireLength, data.Buffer, data.IsQuoted);
        if (result.Undecided == result.Count - 1 && _expected.Find(dissection, result.Undecided - 1) is { } protocol)
        {
            result.RemoveLast();
            if (!protocol.Dissect(dissection, data.Offset, data.Offset + data.Length))
            {
                dissection.Data(data.Layer, data.Offset, data.Offset + data.Length);
            }
        }
    }
}
