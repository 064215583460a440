using System.Buffers.Binary;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>The option of Multipath TCP (RFC 8684, section 3): keys, addresses, and where a subflow's bytes stand in the connection.</summary>
internal static class MptcpOption
{
    /// <summary>Its kind.</summary>
    public const int Kind = 30;

    private const int Capable = 0;
    private const int Join = 1;
    private const int DataSequence = 2;
    private const int AddAddress = 3;
    private const int RemoveAddress = 4;
    private const int FastClose = 7;

    // 3.3: what a signal of data sequence has.
    private const int HasAck = 0x01;
    private const int LongAck = 0x02;
    private const int HasMapping = 0x04;
    private const int LongSequence = 0x08;

    internal static class Fields
    {
        public static readonly Field Subtype = Field.Number(null, "tcp.options.mptcp.subtype", about: "Subtype of a Multipath TCP option", names: static v => (int)v switch
        {
            Capable => "MP_CAPABLE",
            Join => "MP_JOIN",
            DataSequence => "DSS",
            AddAddress => "ADD_ADDR",
            RemoveAddress => "REMOVE_ADDR",
            5 => "MP_PRIO",
            6 => "MP_FAIL",
            FastClose => "MP_FASTCLOSE",
            8 => "MP_TCPRST",
            _ => null,
        }, width: 1);
        public static readonly Field Version = Field.Number(null, "tcp.options.mptcp.version", about: "Version of Multipath TCP", width: 1);
        public static readonly Field SenderKey = Field.Number(null, "tcp.options.mptcp.sendkey", about: "Key of the sender");
        public static readonly Field ReceiverKey = Field.Number(null, "tcp.options.mptcp.recvkey", about: "Key of the receiver");
        public static readonly Field AddressId = Field.Number(null, "tcp.options.mptcp.addrid", about: "Number of an address", width: 1);
        public static readonly Field DataAck = Field.Number(null, "tcp.options.mptcp.rawdataack", about: "Acknowledgment of the connection, as sent");
        public static readonly Field DataNumber = Field.Number(null, "tcp.options.mptcp.rawdataseqno", about: "Sequence number in the connection, as sent");
        public static readonly Field DataLength = Field.Number(null, "tcp.options.mptcp.datalvllen", about: "Bytes that a mapping is about", width: 2);

        public static readonly Field[] All = [Subtype, Version, SenderKey, ReceiverKey, AddressId, DataAck, DataNumber, DataLength];
    }

    /// <summary>Tells what an option says, as far as it goes.</summary>
    /// <param name="value">Its bytes, without kind and length.</param>
    /// <param name="at">Where they stand.</param>
    /// <param name="sink">Who is told.</param>
    public static void Describe(ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        if (value.IsEmpty)
        {
            return;
        }

        int subtype = value[0] >> 4;
        sink.Number(Fields.Subtype, subtype, at, 1);
        switch (subtype)
        {
            case Capable:
                sink.Number(Fields.Version, value[0] & 0x0F, at, 1);
                Report(value, 2, 8, Fields.SenderKey, at, sink);
                Report(value, 10, 8, Fields.ReceiverKey, at, sink);
                Report(value, 18, 2, Fields.DataLength, at, sink);
                break;
            case Join when value.Length is 10 or 14:
            case AddAddress:
                Report(value, 1, 1, Fields.AddressId, at, sink);
                break;
            case DataSequence when value.Length >= 2:
                DescribeDataSequence(value, at, sink);
                break;
            case RemoveAddress:
                for (int i = 1; i < value.Length; i++)
                {
                    Report(value, i, 1, Fields.AddressId, at, sink);
                }

                break;
            case FastClose:
                Report(value, 2, 8, Fields.ReceiverKey, at, sink);
                break;
            default:
                break;
        }
    }

    private static void DescribeDataSequence(ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        int flags = value[1];
        int next = 2;
        if ((flags & HasAck) != 0)
        {
            int size = (flags & LongAck) != 0 ? 8 : 4;
            Report(value, next, size, Fields.DataAck, at, sink);
            next += size;
        }

        if ((flags & HasMapping) != 0)
        {
            int size = (flags & LongSequence) != 0 ? 8 : 4;
            Report(value, next, size, Fields.DataNumber, at, sink);
            Report(value, next + size + 4, 2, Fields.DataLength, at, sink);
        }
    }

    private static void Report(ReadOnlySpan<byte> value, int offset, int size, Field field, int at, IFieldSink sink)
    {
        if (offset + size > value.Length)
        {
            return;
        }

        ReadOnlySpan<byte> bytes = value.Slice(offset, size);
        long number = size switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            _ => BinaryPrimitives.ReadInt64BigEndian(bytes),
        };
        sink.Number(field, number, at + offset, size);
    }
}
