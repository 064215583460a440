using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Queries;

namespace NetLab.Host.Tables;

/// <summary>The table <c>conversations</c>: what the two ends of each TCP stream and UDP conversation sent. Of a packet in a packet the outer one counts.</summary>
internal sealed class ConversationTable
{
    // A port scan makes a conversation a packet; what comes when the table is full is counted, and said.
    private const int MaxConversations = 1 << 20;

    // What a packet is counted by, in the order of the numbers below.
    private static readonly string[] Names =
    [
        "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.stream", "tcp.srcport", "tcp.dstport", "udp.stream", "udp.srcport", "udp.dstport",
        "tcp.analysis.retransmission", "tcp.analysis.out_of_order", "tcp.analysis.lost_segment", "tcp.analysis.zero_window", "tcp.flags",
    ];

    private const int Ipv4 = 0;
    private const int Ipv6 = 2;
    private const int TcpStream = 4;
    private const int UdpStream = 7;
    private const int Retransmission = 10;
    private const int OutOfOrder = 11;
    private const int LostSegment = 12;
    private const int ZeroWindow = 13;
    private const int Flags = 14;
    private const int SynAck = 0x12;
    private const int Syn = 0x02;

    private readonly Dictionary<(bool IsTcp, long Number), Totals> _conversations = [];
    private readonly AddressTexts _texts;
    private readonly PacketFields _values;
    private readonly int _at;

    /// <summary>Makes an empty table.</summary>
    /// <param name="values">The fields of a packet, among them <see cref="FieldsOf"/>.</param>
    /// <param name="at">Where those begin.</param>
    /// <param name="texts">The texts of addresses.</param>
    public ConversationTable(PacketFields values, int at, AddressTexts texts) => (_values, _at, _texts) = (values, at, texts);

    /// <summary>Conversations.</summary>
    public int Count => _conversations.Count;

    /// <summary>Packets of conversations that found no room.</summary>
    public long PacketsLeftOut { get; private set; }

    /// <summary>The fields it looks at.</summary>
    public static IEnumerable<Field> FieldsOf(ProtocolRegistry registry) =>
        Names.Select(f => registry.TryFindField(f, out Field? field) ? field : throw new InvalidOperationException($"there is no field {f}"));

    /// <summary>Counts the packet whose fields were read.</summary>
    public void Add(DecodedPacket packet)
    {
        bool isTcp = CountOf(TcpStream) > 0;
        if (!isTcp && CountOf(UdpStream) == 0)
        {
            return;
        }

        // The ports stand behind the stream's number, and are of the same header.
        int stream = isTcp ? TcpStream : UdpStream;
        if (CountOf(stream + 1) == 0 || CountOf(stream + 2) == 0)
        {
            return;
        }

        (bool, long) key = (isTcp, Number(stream));
        (string Address, long Port) from = (AddressOf(0), Number(stream + 1));
        (string Address, long Port) to = (AddressOf(1), Number(stream + 2));
        if (!_conversations.TryGetValue(key, out Totals? totals))
        {
            if (_conversations.Count == MaxConversations)
            {
                PacketsLeftOut++;
                return;
            }

            // The end that asks is the first one, also when the capture begins with the answer.
            bool isAnswer = isTcp && CountOf(Flags) > 0 && (Number(Flags) & SynAck) == SynAck;
            totals = new Totals { First = isAnswer ? to : from, Second = isAnswer ? from : to };
            _conversations.Add(key, totals);
        }

        totals.Count(packet, isFirst: from == totals.First);
        totals.Retransmissions += Math.Min(1, CountOf(Retransmission));
        totals.OutOfOrder += Math.Min(1, CountOf(OutOfOrder));
        totals.LostSegments += Math.Min(1, CountOf(LostSegment));
        totals.ZeroWindows += Math.Min(1, CountOf(ZeroWindow));
        totals.Syns += isTcp && CountOf(Flags) > 0 && (Number(Flags) & SynAck) == Syn ? 1 : 0;
        foreach (ref readonly LayerEntry entry in packet.Entries)
        {
            if (entry.Layer > OsiLayer.Transport && entry.Protocol.Layer == OsiLayer.Application && entry.Protocol.Name != "data")
            {
                totals.Application ??= entry.Protocol.Name;
            }
        }
    }

    /// <summary>Writes the table.</summary>
    public async Task WriteAsync(TableFile<Rows> file)
    {
        foreach (((bool isTcp, long number), Totals t) in _conversations.OrderBy(c => !c.Key.IsTcp).ThenBy(c => c.Key.Number))
        {
            file.Rows.Add(isTcp ? "tcp" : "udp", number, t);
            file.EndRow();
        }

        await file.CompleteAsync().ConfigureAwait(false);
    }

    private int CountOf(int field) => _values.Count(_at + field);

    private long Number(int field) => _values.Number(_at + field);

    private string AddressOf(int end) => CountOf(Ipv4 + end) > 0 ? _texts.TextOf(_values, _at + Ipv4 + end, 0)
        : CountOf(Ipv6 + end) > 0 ? _texts.TextOf(_values, _at + Ipv6 + end, 0)
        : "";

    /// <summary>What a conversation came to.</summary>
    internal sealed class Totals
    {
        public required (string Address, long Port) First { get; init; }

        public required (string Address, long Port) Second { get; init; }

        public long PacketsSent { get; private set; }

        public long BytesSent { get; private set; }

        public long PacketsReceived { get; private set; }

        public long BytesReceived { get; private set; }

        public long? Begin { get; private set; }

        public long End { get; private set; }

        public long Retransmissions { get; set; }

        public long OutOfOrder { get; set; }

        public long LostSegments { get; set; }

        public long ZeroWindows { get; set; }

        public long Syns { get; set; }

        public string? Application { get; set; }

        public void Count(DecodedPacket packet, bool isFirst)
        {
            if (isFirst)
            {
                PacketsSent++;
                BytesSent += packet.OriginalLength;
            }
            else
            {
                PacketsReceived++;
                BytesReceived += packet.OriginalLength;
            }

            if (packet.Time is { } time)
            {
                (Begin, End) = (Math.Min(Begin ?? time, time), Math.Max(Begin is null ? time : End, time));
            }
        }
    }

    /// <summary>The rows of the table.</summary>
    internal sealed class Rows : TableRows
    {
        private readonly FileNameColumn? _file;
        private readonly TextColumn _protocol;
        private readonly ValueColumn<long> _stream;
        private readonly TextColumn _firstAddress;
        private readonly ValueColumn<int> _firstPort;
        private readonly TextColumn _secondAddress;
        private readonly ValueColumn<int> _secondPort;
        private readonly ValueColumn<long> _begin;
        private readonly ValueColumn<double> _duration;
        private readonly TextColumn _application;
        private readonly (ValueColumn<long> Column, Func<Totals, long> Value)[] _counts;

        /// <summary>Makes empty rows.</summary>
        /// <param name="file">The capture that all are of, which has a column then; or null.</param>
        public Rows(string? file = null)
        {
            _file = FileNameColumn.Of(this, file);
            _protocol = Column(new TextColumn("protocol"));
            _stream = Column(new ValueColumn<long>("stream") { IsGrowing = true });
            _firstAddress = Column(new TextColumn("first.address") { HasBloomFilter = true });
            _firstPort = Column(new ValueColumn<int>("first.port") { HasBloomFilter = true });
            _secondAddress = Column(new TextColumn("second.address") { HasBloomFilter = true });
            _secondPort = Column(new ValueColumn<int>("second.port") { HasBloomFilter = true });
            _begin = Column(new ValueColumn<long>("begin") { IsTime = true, IsGrowing = true });
            _duration = Column(new ValueColumn<double>("duration"));
            _application = Column(new TextColumn("application"));
            _counts =
            [
                (Number("packets.sent"), static t => t.PacketsSent),
                (Number("bytes.sent"), static t => t.BytesSent),
                (Number("packets.received"), static t => t.PacketsReceived),
                (Number("bytes.received"), static t => t.BytesReceived),
                (Number("retransmissions"), static t => t.Retransmissions),
                (Number("out_of_order"), static t => t.OutOfOrder),
                (Number("lost_segments"), static t => t.LostSegments),
                (Number("zero_windows"), static t => t.ZeroWindows),
                (Number("syns"), static t => t.Syns),
            ];
        }

        public void Add(string protocol, long stream, Totals totals)
        {
            _file?.Add();
            _protocol.Add(protocol);
            _stream.Add(stream);
            _firstAddress.Add(totals.First.Address);
            _firstPort.Add((int)totals.First.Port);
            _secondAddress.Add(totals.Second.Address);
            _secondPort.Add((int)totals.Second.Port);
            if (totals.Begin is { } begin)
            {
                _begin.Add(begin);
                _duration.Add((totals.End - begin) / 1e9);
            }

            if (totals.Application is { } application)
            {
                _application.Add(application);
            }

            foreach ((ValueColumn<long> column, Func<Totals, long> value) in _counts)
            {
                column.Add(value(totals));
            }
        }

        private ValueColumn<long> Number(string name) => Column(new ValueColumn<long>(name));
    }
}
