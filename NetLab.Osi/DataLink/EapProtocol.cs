using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>The Extensible Authentication Protocol (RFC 3748, 4).</summary>
internal static class EapProtocol
{
    private const int Size = 4;
    private const int Identity = 1;

    public static readonly Protocol Value = new("eap", OsiLayer.DataLink, "Extensible Authentication Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Code = Field.Number("code", "eap.code", at: 0, size: 1, about: "Message", summary: true, names: static v => v switch
        {
            1 => "request",
            2 => "response",
            3 => "success",
            4 => "failure",
            _ => null,
        });
        public static readonly Field Identifier = Field.Number("id", "eap.id", at: 1, size: 1, about: "Matches answers with requests");
        public static readonly Field Length = Field.Number("length", "eap.len", at: 2, size: 2, about: "Bytes of the message");
        public static readonly Field Type = Field.Number("type", "eap.type", about: "Method", summary: true, names: static v => v switch
        {
            Identity => "identity",
            2 => "notification",
            3 => "method refused",
            4 => "MD5 challenge",
            6 => "token card",
            13 => "TLS",
            17 => "LEAP",
            18 => "SIM",
            21 => "TTLS",
            23 => "AKA",
            25 => "PEAP",
            26 => "MS-CHAP-V2",
            43 => "FAST",
            50 => "AKA'",
            52 => "PWD",
            254 => "expanded",
            _ => null,
        }, width: 1);
        public static readonly Field Name = Field.Text("identity", "eap.identity", about: "Who wants to be let in", summary: true);

        public static readonly Field[] All = [Code, Identifier, Length, Type, Name];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int length = end - offset < Size ? Size : BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        dissection.AddMessage(Value, offset, Size, length, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (bytes[0] is 1 or 2 && bytes.Length > Size)
        {
            sink.Number(Fields.Type, bytes[Size], at + Size, 1);
            if (bytes[Size] == Identity && bytes[0] == 2)
            {
                sink.Text(Fields.Name, bytes[(Size + 1)..], at + Size + 1, bytes.Length - Size - 1);
            }
        }
    }
}
