using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>Protocol Independent Multicast, version 2 (RFC 7761, 4.9; dense mode, RFC 3973), and version 1, which IGMP carries (draft-ietf-pim-sm-spec-00).</summary>
internal static class PimProtocol
{
    private const int Size = 4;
    private const int Hello = 0;
    private const int Register = 1;
    private const int RegisterStop = 2;
    private const int JoinPrune = 3;
    private const int Assert = 5;
    private const int Graft = 6;
    private const int GraftAcknowledgment = 7;
    private const int HoldTimeOption = 1;

    // Version 1 is a type of IGMP's.
    private const int FirstVersion = 0x14;
    private const int FirstSize = 8;
    private const int FirstReachable = 4;

    public static readonly Protocol Value = new("pim", OsiLayer.Network, "Protocol Independent Multicast", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "pim.version", at: 0, size: 1, mask: 0xF0, about: "Version");
        public static readonly Field Type = Field.Number("type", "pim.type", at: 0, size: 1, mask: 0x0F, about: "Message", summary: true, names: static v => v switch
        {
            Hello => "hello",
            Register => "register",
            RegisterStop => "register stop",
            JoinPrune => "join or prune",
            4 => "bootstrap",
            Assert => "assert",
            Graft => "graft",
            GraftAcknowledgment => "graft acknowledged",
            8 => "rendezvous point candidate",
            9 => "state refresh",
            10 => "designated forwarder election",
            _ => null,
        });
        public static readonly Field Code = Field.Number("code", "pim.code", about: "Version 1: message", width: 1);
        public static readonly Field HoldTime = Field.Number("hold_time", "pim.holdtime", about: "Seconds for which it holds", width: 2);
        public static readonly Field Family = Field.Number(null, "pim.addr_address_family", about: "Family of an address", width: 1);
        public static readonly Field Encoding = Field.Number(null, "pim.addr_encoding_type", about: "How an address is written", width: 1);
        public static readonly Field GroupFlags = Field.Number(null, "pim.group_addr.flags", about: "Flags of a group", width: 1);
        public static readonly Field IsBidirectional = Field.Flag(null, "pim.group_addr.flags.b", about: "Bidirectional");
        public static readonly Field IsZone = Field.Flag(null, "pim.group_addr.flags.z", about: "Zone of an administrative scope");
        public static readonly Field MaskLength = Field.Number(null, "pim.mask_len", about: "Bits of a group's or source's prefix", width: 1);
        public static readonly Field Group = Field.Of(FieldKind.Ip, null, "pim.group", "Group");
        public static readonly Field Source = Field.Of(FieldKind.Ip, null, "pim.source", "Source");
        public static readonly Field Unicast = Field.Of(FieldKind.Ip, null, "pim.unicast", "Router");

        public static readonly Field[] All = [Version, Type, Code, HoldTime, Family, Encoding, GroupFlags, IsBidirectional, IsZone, MaskLength, Group, Source, Unicast];
    }

    /// <summary>Notes a message of version 1.</summary>
    public static void DissectFirst(in Dissection dissection, int offset, int end) => dissection.AddMessage(Value, offset, FirstSize, end);

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        // A register brings the packet that a source sent.
        const int RegisterSize = 8;
        bool isRegister = end - offset >= RegisterSize && dissection.Bytes[offset] == ((2 << 4) | Register);
        if (isRegister)
        {
            if (dissection.Add(Value, offset, RegisterSize, end) && end > offset + RegisterSize)
            {
                dissection.NextIp(offset + RegisterSize, end);
            }
        }
        else
        {
            dissection.AddMessage(Value, offset, Size, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        if (view.BytesOf(index)[0] == FirstVersion)
        {
            DescribeFirst(view.BytesOf(index), view[index].Offset, sink);
            return;
        }

        Value.DescribeHeader(view, index, sink);
        var reader = new Reader(view.BytesOf(index), view[index].Offset, sink);
        switch (view.BytesOf(index)[0])
        {
            case (2 << 4) | Hello:
                reader.DescribeOptions();
                break;
            case (2 << 4) | RegisterStop:
                _ = reader.TryGroup() && reader.TryUnicast();
                break;
            case (2 << 4) | JoinPrune or (2 << 4) | Graft or (2 << 4) | GraftAcknowledgment:
                reader.DescribeJoins();
                break;
            case (2 << 4) | Assert:
                _ = reader.TryGroup() && reader.TryUnicast();
                break;
            default:
                break;
        }
    }

    private static void DescribeFirst(ReadOnlySpan<byte> bytes, int at, IFieldSink sink)
    {
        int code = bytes[1];
        sink.Number(Fields.Code, code, at + 1, 1);
        if (bytes.Length < FirstSize)
        {
            return;
        }

        sink.Number(Fields.Version, bytes[4] >> 4, at + 4, 1);
        int holdTime = code switch
        {
            Hello => 10,
            JoinPrune or Graft => 14,
            FirstReachable => 22,
            _ => bytes.Length,
        };
        if (holdTime + 2 <= bytes.Length)
        {
            sink.Number(Fields.HoldTime, BinaryPrimitives.ReadUInt16BigEndian(bytes[holdTime..]), at + holdTime, 2);
        }
    }

    // Addresses are written with a family and an encoding, so that their places depend on those before (4.9.1).
    private ref struct Reader(ReadOnlySpan<byte> bytes, int at, IFieldSink sink)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _next = Size;

        public readonly void DescribeOptions()
        {
            bool isTold = false;
            var options = new TypeLengthValues(_bytes, Size, 2, 2, countsHeader: false);
            while (options.MoveNext())
            {
                if (options.Type == HoldTimeOption && options.Value.Length == 2 && !isTold)
                {
                    isTold = true;
                    sink.Number(Fields.HoldTime, BinaryPrimitives.ReadUInt16BigEndian(options.Value), at + options.ValueOffset, 2);
                }
            }
        }

        // 4.9.5: the router asked, how many groups, how long it holds; of each group, the sources joined and pruned.
        public void DescribeJoins()
        {
            if (!TryUnicast() || _next + 4 > _bytes.Length)
            {
                return;
            }

            int groups = _bytes[_next + 1];
            sink.Number(Fields.HoldTime, BinaryPrimitives.ReadUInt16BigEndian(_bytes[(_next + 2)..]), at + _next + 2, 2);
            _next += 4;
            for (; groups > 0 && TryGroup() && _next + 4 <= _bytes.Length; groups--)
            {
                int sources = BinaryPrimitives.ReadUInt16BigEndian(_bytes[_next..]) + BinaryPrimitives.ReadUInt16BigEndian(_bytes[(_next + 2)..]);
                _next += 4;
                while (sources > 0 && TrySource())
                {
                    sources--;
                }
            }
        }

        public bool TryUnicast() => TryFamily(2, out int size) && ReportAddress(Fields.Unicast, size);

        public bool TryGroup()
        {
            if (!TryFamily(4, out int size))
            {
                return false;
            }

            int flags = _bytes[_next];
            sink.Number(Fields.GroupFlags, flags, at + _next, 1);
            sink.Flag(Fields.IsBidirectional, (flags & 0x80) != 0, at + _next, 1);
            sink.Flag(Fields.IsZone, (flags & 1) != 0, at + _next, 1);
            return ReportMaskAndAddress(Fields.Group, size);
        }

        private bool TrySource() => TryFamily(4, out int size) && ReportMaskAndAddress(Fields.Source, size);

        private bool ReportMaskAndAddress(Field field, int size)
        {
            sink.Number(Fields.MaskLength, _bytes[_next + 1], at + _next + 1, 1);
            _next += 2;
            return ReportAddress(field, size);
        }

        private bool TryFamily(int header, out int size)
        {
            size = 0;
            if (_next + header > _bytes.Length)
            {
                return false;
            }

            // IANA's address families: 1 is IPv4, 2 is IPv6.
            size = _bytes[_next] switch { 1 => 4, 2 => 16, _ => 0 };
            if (size == 0 || _next + header + size > _bytes.Length)
            {
                return false;
            }

            sink.Number(Fields.Family, _bytes[_next], at + _next, 1);
            sink.Number(Fields.Encoding, _bytes[_next + 1], at + _next + 1, 1);
            _next += 2;
            return true;
        }

        private bool ReportAddress(Field field, int size)
        {
            sink.Ip(field, _bytes.Slice(_next, size), at + _next);
            _next += size;
            return true;
        }
    }
}
