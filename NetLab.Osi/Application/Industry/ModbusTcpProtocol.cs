using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Industry;

/// <summary>Modbus/TCP (Modbus Messaging on TCP/IP Implementation Guide 1.0b, 3.1): the header before a Modbus PDU.</summary>
internal static class ModbusTcpProtocol
{
    public const int Port = 502;

    private const int HeaderSize = 7;

    // The unit's byte, and a PDU of 1 to 253 bytes (Application Protocol 1.1b3, 4.1); some devices send a little more.
    private const int MaxLength = 260;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "mbtcp", OsiLayer.Session, "Modbus/TCP", Fields.All, Frame, Dissect, begins: Begins);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("transaction", "mbtcp.trans_id", at: 0, size: 2, about: "Transaction"),
            Field.Number("protocol", "mbtcp.prot_id", at: 2, size: 2, about: "Protocol: 0 for Modbus"),
            Field.Number("length", "mbtcp.len", at: 4, size: 2, about: "Bytes that follow"),
            Field.Number("unit", "mbtcp.unit_id", at: 6, size: 1, about: "Unit"),
        ];
    }

    /// <summary>Whether bytes begin with a header: protocol 0, a length that makes sense.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.Length < HeaderSize + 1 || Frame(bytes, true) > 0;

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes.Length < 6)
        {
            return 0;
        }

        int length = (bytes[4] << 8) | bytes[5];
        return bytes[2] == 0 && bytes[3] == 0 && length is >= 2 and <= MaxLength ? 6 + length : StreamParser.NotMine;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int length = Frame(bytes, true);
        if (length <= 0 || bytes.Length < HeaderSize)
        {
            return false;
        }

        if (dissection.Add(Value, offset, HeaderSize, Math.Min(end, offset + length)))
        {
            ModbusProtocol.Dissect(dissection.Until(offset + length), offset + HeaderSize, Math.Min(end, offset + length));
        }

        return true;
    }
}
