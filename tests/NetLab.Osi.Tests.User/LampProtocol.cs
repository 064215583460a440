using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Tests.User;

/// <summary>A made-up protocol: magic 0xA5, a command, a 16-bit lamp number, the length of a name, the name. The same message in datagrams, streams and frames.</summary>
internal static class LampProtocol
{
    private const int Size = 5;

    private static readonly Field Command = Field.Number("command", "lamp.command", at: 1, size: 1, names: static v => v switch { 0 => "off", 1 => "on", _ => null }, summary: true);
    private static readonly Field Lamp = Field.Number("lamp", "lamp.number", at: 2, size: 2, about: "Which lamp");
    private static readonly Field Name = Field.Text("name", "lamp.name", about: "What it is called", summary: true);

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "lamp", OsiLayer.Application, "Lamp control", [Command, Lamp, Name], Frame, Dissect, Describe, begins: Begins);

    private static bool Begins(ReadOnlySpan<byte> bytes) => bytes.Length >= Size && bytes[0] == 0xA5 && bytes[1] <= 1;

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient) =>
        bytes[0] != 0xA5 ? StreamParser.NotMine : bytes.Length < Size ? 0 : Size + bytes[4];

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (!Begins(dissection.Bytes[offset..end]))
        {
            return false;
        }

        int length = Size + dissection.Bytes[offset + 4];
        dissection.Add(Value, offset, Math.Min(length, end - offset), end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        int at = view[index].Offset + Size;
        ReadOnlySpan<byte> name = view.BytesOf(index)[Size..view[index].HeaderLength];
        sink.Text(Name, name, at, name.Length);
    }
}
