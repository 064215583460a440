using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.OpenSystems;

/// <summary>S7 communication of Siemens' controllers: header, function, items and how each ended.</summary>
internal static class S7Protocol
{
    private const int Magic = 0x32;
    private const int Job = 1;
    private const int Ack = 2;
    private const int AckData = 3;
    private const int UserData = 7;
    private const int ProgrammerCommands = 1;
    private const int VariableStatus = 2;
    private const int ReadVariable = 4;
    private const int WriteVariable = 5;

    public static readonly Protocol Value = new("s7comm", OsiLayer.Application, "S7 communication", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field ProtocolId = Field.Number(null, "s7comm.header.protid", about: "Protocol: 0x32", width: 1);
        public static readonly Field Kind = Field.Number("kind", "s7comm.header.rosctr", about: "Kind of message", summary: true, names: static v => (int)v switch
        {
            Job => "job",
            Ack => "ack",
            AckData => "ack with data",
            UserData => "user data",
            _ => null,
        }, width: 1);
        public static readonly Field Redundancy = Field.Number(null, "s7comm.header.redid", about: "Redundancy identification", width: 2);
        public static readonly Field Reference = Field.Number("reference", "s7comm.header.pduref", about: "Number of the job", width: 2);
        public static readonly Field ParameterLength = Field.Number("parameter_length", "s7comm.header.parlg", about: "Bytes of parameters", width: 2);
        public static readonly Field DataLength = Field.Number("data_length", "s7comm.header.datlg", about: "Bytes of data", width: 2);
        public static readonly Field ErrorClass = Field.Number("error_class", "s7comm.header.errcls", about: "Class of the error", width: 1);
        public static readonly Field ErrorCode = Field.Number("error_code", "s7comm.header.errcod", about: "Error", width: 1);
        public static readonly Field Function = Field.Number("function", "s7comm.param.func", about: "Function", summary: true, names: static v => (int)v switch
        {
            ReadVariable => "read variable",
            WriteVariable => "write variable",
            0x1A => "request download",
            0x1B => "download block",
            0x1C => "download ended",
            0x1D => "start upload",
            0x1E => "upload",
            0x1F => "end upload",
            0x28 => "PLC control",
            0x29 => "PLC stop",
            0xF0 => "set up communication",
            _ => null,
        }, width: 1);
        public static readonly Field ItemCount = Field.Number("items", "s7comm.param.itemcount", about: "Items", width: 1);
        public static readonly Field ReturnCode = Field.Number("return_code", "s7comm.data.returncode", about: "How an item ended", width: 1);

        public static readonly Field[] All =
        [
            ProtocolId, Kind, Redundancy, Reference, ParameterLength, DataLength, ErrorClass, ErrorCode, Function, ItemCount, ReturnCode,
        ];
    }

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < 10 || bytes[0] != Magic || bytes[1] is not (Job or Ack or AckData or UserData))
        {
            return false;
        }

        dissection.Add(Value, offset, bytes.Length, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        reader.Report(sink, Fields.ProtocolId, 1);
        int kind = (int)reader.Report(sink, Fields.Kind, 1);
        reader.Report(sink, Fields.Redundancy, 2);
        reader.Report(sink, Fields.Reference, 2);
        long parameterLength = reader.Report(sink, Fields.ParameterLength, 2);
        long dataLength = reader.Report(sink, Fields.DataLength, 2);
        if (kind is Ack or AckData)
        {
            reader.Report(sink, Fields.ErrorClass, 1);
            reader.Report(sink, Fields.ErrorCode, 1);
        }

        ByteReader parameter = reader.Inner(parameterLength);
        ByteReader data = reader.Inner(dataLength);
        if (kind == UserData)
        {
            DescribeUserData(parameter, data, sink);
            return;
        }

        if (parameter.Left == 0)
        {
            return;
        }

        int function = (int)parameter.Report(sink, Fields.Function, 1);
        if (function is not (ReadVariable or WriteVariable))
        {
            return;
        }

        long count = parameter.Report(sink, Fields.ItemCount, 1);
        bool isWriteResponse = function == WriteVariable && kind == AckData;
        bool hasItems = (function == ReadVariable && kind == AckData) || (function == WriteVariable && kind == Job);
        if (hasItems && !isWriteResponse)
        {
            DescribeItems(ref data, count, sink);
            return;
        }

        for (long i = 0; i < count && data.Left > 0; i++)
        {
            data.Report(sink, Fields.ReturnCode, 1);
        }
    }

    // How each item ended, and what was read or is to be written.
    private static void DescribeItems(ref ByteReader data, long count, IFieldSink sink)
    {
        for (long i = 0; i < count && data.Left > 0; i++)
        {
            data.Report(sink, Fields.ReturnCode, 1);

            // Lengths of bits, bytes and integers count bits, the others bytes; items are filled up to two bytes. What could not be read has none, whatever its length says.
            int transport = data.Byte();
            long length = data.Read(2);
            data.Skip(transport is 3 or 4 or 5 ? (length + 7) / 8 : transport == 0 ? 0 : length);
            if (i + 1 < count)
            {
                data.Align(2);
            }
        }
    }

    // A function group and a function stand in the parameters: head (3), length (1), method (1), group (1), function (1).
    private static void DescribeUserData(ByteReader parameter, ByteReader data, IFieldSink sink)
    {
        data.Report(sink, Fields.ReturnCode, 1);
        parameter.Skip(5);
        int group = parameter.Byte();
        int function = parameter.Byte();
        if ((group & 0x0F, function) == (ProgrammerCommands, VariableStatus) && group >> 4 != 4)
        {
            // Transport and length, the sizes of two parts, the first of which says nothing of items.
            data.Skip(3);
            long parameters = data.Read(2);
            data.Skip(2 + parameters);
            DescribeItems(ref data, data.Read(2), sink);
        }
    }
}
