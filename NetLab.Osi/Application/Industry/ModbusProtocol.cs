using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Industry;

/// <summary>Modbus (Application Protocol Specification 1.1b3, section 6): functions with what they read and write.</summary>
internal static class ModbusProtocol
{
    public static readonly Protocol Value = new("modbus", OsiLayer.Application, "Modbus", Fields.All, Dissect, Describe);

    private const int ExceptionBit = 0x80;

    private static class Fields
    {
        public static readonly Field Function = Field.Number("function", "modbus.func_code", mask: 0x7F, names: static v => FunctionName((int)v), about: "Function", summary: true, width: 1);
        public static readonly Field Exception = Field.Number("exception", "modbus.exception_code", names: static v => ExceptionName((int)v), about: "Exception", summary: true, width: 1);
        public static readonly Field Reference = Field.Number("reference", "modbus.reference_num", about: "First coil or register", summary: true, width: 2);
        public static readonly Field LongReference = Field.Number("file_reference", "modbus.reference_num_32", about: "First record of a file", width: 4);
        public static readonly Field ReferenceType = Field.Number("reference_type", "modbus.reference_type", about: "Kind of a file's reference", width: 1);
        public static readonly Field ReadReference = Field.Number("read_reference", "modbus.read_reference_num", about: "First register that is read", width: 2);
        public static readonly Field WriteReference = Field.Number("write_reference", "modbus.write_reference_num", about: "First register that is written", width: 2);
        public static readonly Field ReadWords = Field.Number("read_words", "modbus.read_word_cnt", about: "Registers that are read", width: 2);
        public static readonly Field WriteWords = Field.Number("write_words", "modbus.write_word_cnt", about: "Registers that are written", width: 2);
        public static readonly Field Bits = Field.Number("bits", "modbus.bit_cnt", about: "Coils or inputs", width: 2);
        public static readonly Field Words = Field.Number("words", "modbus.word_cnt", about: "Registers", width: 2);
        public static readonly Field Bytes = Field.Number("bytes", "modbus.byte_cnt", about: "Bytes that follow", width: 1);
        public static readonly Field LongBytes = Field.Number("bytes", "modbus.byte_cnt_16", about: "Bytes that follow, in two bytes", width: 1);
        public static readonly Field Diagnostic = Field.Number("diagnostic", "modbus.diagnostic_code", about: "Diagnostic", width: 2);
        public static readonly Field Data = Field.Bytes("data", "modbus.data", about: "Values");

        public static readonly Field[] All =
        [
            Function, Exception, Reference, LongReference, ReferenceType, ReadReference, WriteReference, ReadWords, WriteWords, Bits, Words, Bytes, LongBytes, Diagnostic, Data,
        ];
    }

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (offset >= end)
        {
            dissection.TooShort(OsiLayer.Application, "Modbus function", offset, 1, end);
            return true;
        }

        dissection.Add(Value, offset, end - offset, end, RoleFacts.Of(dissection));
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        int function = (int)reader.Report(sink, Fields.Function, 1);
        if ((function & ExceptionBit) != 0)
        {
            reader.Report(sink, Fields.Exception, 1);
        }
        else if (view[index].Detail == RoleFacts.OfResponse)
        {
            DescribeResponse(function, ref reader, sink);
        }
        else
        {
            DescribeRequest(function, ref reader, sink);
        }
    }

    private static void DescribeRequest(int function, ref ByteReader reader, IFieldSink sink)
    {
        switch (function)
        {
            case 1 or 2:
                reader.Report(sink, Fields.Reference, 2);
                reader.Report(sink, Fields.Bits, 2);
                break;
            case 3 or 4:
                reader.Report(sink, Fields.Reference, 2);
                reader.Report(sink, Fields.Words, 2);
                break;
            case 5 or 6 or 22:
                reader.Report(sink, Fields.Reference, 2);
                reader.Report(sink, Fields.Data, reader.Left);
                break;
            case 8:
                reader.Report(sink, Fields.Diagnostic, 2);
                break;
            case 15:
                reader.Report(sink, Fields.Reference, 2);
                reader.Report(sink, Fields.Bits, 2);
                reader.Report(sink, Fields.Bytes, 1);
                reader.Report(sink, Fields.Data, reader.Left);
                break;
            case 16:
                reader.Report(sink, Fields.Reference, 2);
                reader.Report(sink, Fields.Words, 2);
                reader.Report(sink, Fields.Bytes, 1);
                reader.Report(sink, Fields.Data, reader.Left);
                break;
            case 20 or 21:
                DescribeFile(hasData: function == 21, ref reader, sink);
                break;
            case 23:
                reader.Report(sink, Fields.ReadReference, 2);
                reader.Report(sink, Fields.ReadWords, 2);
                reader.Report(sink, Fields.WriteReference, 2);
                reader.Report(sink, Fields.WriteWords, 2);
                reader.Report(sink, Fields.Bytes, 1);
                reader.Report(sink, Fields.Data, reader.Left);
                break;
            case 24:
                reader.Report(sink, Fields.Reference, 2);
                break;
            default:
                break;
        }
    }

    private static void DescribeResponse(int function, ref ByteReader reader, IFieldSink sink)
    {
        switch (function)
        {
            case 1 or 2 or 3 or 4 or 23:
                reader.Report(sink, Fields.Bytes, 1);
                reader.Report(sink, Fields.Data, reader.Left);
                break;
            case 5 or 6 or 22:
                reader.Report(sink, Fields.Reference, 2);
                reader.Report(sink, Fields.Data, reader.Left);
                break;
            case 8:
                reader.Report(sink, Fields.Diagnostic, 2);
                break;
            case 15:
                reader.Report(sink, Fields.Reference, 2);
                reader.Report(sink, Fields.Bits, 2);
                break;
            case 16:
                reader.Report(sink, Fields.Reference, 2);
                reader.Report(sink, Fields.Words, 2);
                break;
            case 20:
                // Of each group: its bytes, the kind, then the records.
                reader.Report(sink, Fields.Bytes, 1);
                while (reader.Left > 0)
                {
                    int length = (int)reader.Report(sink, Fields.Bytes, 1);
                    reader.Report(sink, Fields.ReferenceType, 1);
                    reader.Skip(Math.Max(0, length - 1));
                }

                break;
            case 21:
                DescribeFile(hasData: true, ref reader, sink);
                break;
            case 24:
                reader.Report(sink, Fields.LongBytes, 2);
                reader.Report(sink, Fields.Words, 2);
                break;
            default:
                break;
        }
    }

    private static void DescribeFile(bool hasData, ref ByteReader reader, IFieldSink sink)
    {
        reader.Report(sink, Fields.Bytes, 1);
        while (reader.Left >= 7)
        {
            reader.Report(sink, Fields.ReferenceType, 1);
            reader.Report(sink, Fields.LongReference, 4);
            long words = reader.Report(sink, Fields.Words, 2);
            if (hasData)
            {
                reader.Skip(2 * words);
            }
        }
    }

    private static string? FunctionName(int function) => function switch
    {
        1 => "read coils",
        2 => "read discrete inputs",
        3 => "read holding registers",
        4 => "read input registers",
        5 => "write single coil",
        6 => "write single register",
        7 => "read exception status",
        8 => "diagnostics",
        11 => "get communication event counter",
        12 => "get communication event log",
        15 => "write multiple coils",
        16 => "write multiple registers",
        17 => "report server ID",
        20 => "read file record",
        21 => "write file record",
        22 => "mask write register",
        23 => "read/write multiple registers",
        24 => "read FIFO queue",
        43 => "encapsulated interface transport",
        _ => null,
    };

    private static string? ExceptionName(int code) => code switch
    {
        1 => "illegal function",
        2 => "illegal data address",
        3 => "illegal data value",
        4 => "server device failure",
        5 => "acknowledge",
        6 => "server device busy",
        8 => "memory parity error",
        10 => "gateway path unavailable",
        11 => "gateway target device failed to respond",
        _ => null,
    };
}
