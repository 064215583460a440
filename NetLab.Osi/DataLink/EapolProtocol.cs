using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>EAP over LAN (IEEE 802.1X-2020, 11.3), with the key messages of the 802.11 handshakes (IEEE 802.11-2020, 12.7.2).</summary>
internal static class EapolProtocol
{
    private const int Size = 4;
    private const int Eap = 0;
    private const int Key = 3;
    private const int Rsn = 2;
    private const int Wpa = 254;

    // In the bytes behind the header: descriptor, information, length of the key, replay counter, nonce, and the length of the data.
    private const int InformationAt = Size + 1;
    private const int ReplayAt = InformationAt + 4;
    private const int NonceAt = ReplayAt + 8;
    private const int DataLengthAt = NonceAt + 32 + 16 + 8 + 8 + 16;

    private const int Pairwise = 0x0008;
    private const int Acknowledge = 0x0080;
    private const int Signed = 0x0100;
    private const int Secure = 0x0200;

    public static readonly Protocol Value = new("eapol", OsiLayer.DataLink, "802.1X Authentication", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "eapol.version", at: 0, size: 1, about: "Version");
        public static readonly Field Type = Field.Number("type", "eapol.type", at: 1, size: 1, about: "Message", summary: true, names: static v => v switch
        {
            Eap => "EAP packet",
            1 => "start",
            2 => "log off",
            Key => "key",
            4 => "alert",
            5 => "MACsec key agreement",
            6 => "announcement",
            _ => null,
        });
        public static readonly Field Length = Field.Number("length", "eapol.len", at: 2, size: 2, about: "Bytes behind the header");
        public static readonly Field Descriptor = Field.Number("descriptor", "eapol.keydes.type", about: "What describes the key", names: static v => v switch { 1 => "RC4", Rsn => "RSN", Wpa => "WPA", _ => null }, width: 1);
        public static readonly Field Message = Field.Number("message", "wlan_rsna_eapol.keydes.msgnr", about: "Which message of the handshake", summary: true, width: 1);
        public static readonly Field Information = Field.Number("key_info", "wlan_rsna_eapol.keydes.key_info", about: "What the key is for", width: 2);
        public static readonly Field DescriptorVersion = Field.Number(null, "wlan_rsna_eapol.keydes.key_info.keydes_version", about: "Version of the descriptor", width: 2);
        public static readonly Field KeyType = Field.Flag("pairwise", "wlan_rsna_eapol.keydes.key_info.key_type", about: "Whether the key is of the two alone, and not of the group");
        public static readonly Field KeyIndex = Field.Number(null, "wlan_rsna_eapol.keydes.key_info.key_index", about: "Number of the key", width: 2);
        public static readonly Field Replay = Field.Number("replay_counter", "eapol.keydes.replay_counter", about: "Replay counter");
        public static readonly Field Nonce = Field.Bytes("nonce", "wlan_rsna_eapol.keydes.nonce", about: "Random number of the sender");

        public static readonly Field[] All =
            [Version, Type, Length, Descriptor, Message, Information, DescriptorVersion, KeyType, KeyIndex, Replay, Nonce];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.DataLink, "802.1X header", offset, Size, end);
            return true;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        int messageEnd = Math.Min(end, offset + Size + length);
        Dissection inside = dissection.Until(offset + Size + length);
        bool isEap = dissection.Bytes[offset + 1] == Eap;
        if (inside.Add(Value, offset, isEap ? Size : messageEnd - offset, messageEnd) && isEap && length > 0)
        {
            EapProtocol.Value.Dissect(inside, offset + Size, messageEnd);
        }

        if (messageEnd < offset + Size + length)
        {
            dissection.TooShort(OsiLayer.DataLink, "802.1X length", offset, Size + length, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (bytes[1] != Key || bytes.Length <= Size)
        {
            return;
        }

        sink.Number(Fields.Descriptor, bytes[Size], at + Size, 1);
        if (bytes[Size] is not (Rsn or Wpa) || bytes.Length < DataLengthAt + 2)
        {
            return;
        }

        int information = BinaryPrimitives.ReadUInt16BigEndian(bytes[InformationAt..]);
        sink.Number(Fields.Message, MessageOf(information, BinaryPrimitives.ReadUInt16BigEndian(bytes[DataLengthAt..])), at + InformationAt, 2);
        sink.Number(Fields.Information, information, at + InformationAt, 2);
        sink.Number(Fields.DescriptorVersion, information & 7, at + InformationAt, 2);
        sink.Flag(Fields.KeyType, (information & Pairwise) != 0, at + InformationAt, 2);
        sink.Number(Fields.KeyIndex, (information >> 4) & 3, at + InformationAt, 2);
        sink.Number(Fields.Replay, (long)BinaryPrimitives.ReadUInt64BigEndian(bytes[ReplayAt..]), at + ReplayAt, 8);
        sink.Bytes(Fields.Nonce, bytes.Slice(NonceAt, 32), at + NonceAt);
    }

    // IEEE 802.11-2020, 12.7.6 and 12.7.7. The authenticator asks for an answer, and signs once it has the other's random number;
    // the second message brings data, the fourth none. WPA does not say "secure" in the fourth.
    private static int MessageOf(int information, int dataLength)
    {
        bool isAsking = (information & Acknowledge) != 0;
        if ((information & Pairwise) == 0)
        {
            return isAsking ? 1 : 2;
        }

        return isAsking
            ? (information & Signed) == 0 ? 1 : 3
            : (information & Secure) != 0 || dataLength == 0 ? 4 : 2;
    }
}
