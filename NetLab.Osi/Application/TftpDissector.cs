using System.Buffers.Binary;
using NetLab.Osi.Layers;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Application;

/// <summary>TFTP (RFC 1350).</summary>
internal static class TftpDissector
{
    public const int Port = 69;

    private const int ReadRequest = 1;
    private const int WriteRequest = 2;

    public static void Dissect(in Dissection dissection, in FlowKey key, int destination, int offset, int end)
    {
        if (end - offset < 2)
        {
            dissection.Short(OsiLayer.Application, "TFTP opcode", offset, 2, end);
            dissection.Data(OsiLayer.Application, offset, end);
            return;
        }

        dissection.Add(ProtocolId.Tftp, OsiLayer.Application, offset, end - offset, end);
        if (destination == Port && !dissection.IsQuoted)
        {
            // RFC 1350, 4: the answers come from another port, to the one that asked.
            (UInt128 address, int port) = key.SourceIsLow ? (key.LowAddress, key.LowPort) : (key.HighAddress, key.HighPort);
            dissection.State.UdpFlows.Expect(address, port, ProtocolId.Tftp);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int opcode = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        sink.Number("opcode"u8, opcode, at, 2, opcode switch
        {
            ReadRequest => "read request",
            WriteRequest => "write request",
            3 => "data",
            4 => "acknowledgment",
            5 => "error",
            6 => "option acknowledgment",
            _ => null,
        });
        if (opcode is ReadRequest or WriteRequest)
        {
            ReadOnlySpan<byte> file = Words.First(bytes[2..], [0]);
            sink.Text("file"u8, file, at + 2, file.Length);
        }
        else if (opcode is 3 or 4 && bytes.Length >= 4)
        {
            sink.Number("block"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
        }
    }
}
