using System.Text;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Security;

/// <summary>NTLM ([MS-NLMP], 2.2.1): what a message is, and who authenticates.</summary>
internal static class NtlmProtocol
{
    public const int Authenticate = 3;

    private const int TypeAt = 8;
    private const int MinSize = 12;
    private const int DomainAt = 28;
    private const int UserAt = 36;
    private const int HostAt = 44;
    private const int FlagsAt = 60;
    private const int Unicode = 1;

    public static readonly Protocol Value = new("ntlmssp", OsiLayer.Presentation, "NTLM", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Type = Field.Number("type", "ntlmssp.messagetype", about: "Message", summary: true, names: static v => (int)v switch
        {
            1 => "negotiate",
            2 => "challenge",
            Authenticate => "authenticate",
            _ => null,
        }, width: 4);
        public static readonly Field Domain = Field.Text("domain", "ntlmssp.auth.domain", about: "Domain");
        public static readonly Field User = Field.Text("user", "ntlmssp.auth.username", about: "User", summary: true);
        public static readonly Field Host = Field.Text("host", "ntlmssp.auth.hostname", about: "Workstation");

        public static readonly Field[] All = [Type, Domain, User, Host];
    }

    /// <summary>Whether bytes begin with a message.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.Length >= MinSize && bytes.StartsWith("NTLMSSP\0"u8);

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (!Begins(dissection.Bytes[offset..end]))
        {
            return false;
        }

        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    /// <summary>Who authenticates; false for another message.</summary>
    public static bool TryReadAccount(ReadOnlySpan<byte> message, out string user, out string domain)
    {
        (user, domain) = ("", "");
        if (!Begins(message) || message[TypeAt] != Authenticate)
        {
            return false;
        }

        (user, domain) = (Read(message, UserAt), Read(message, DomainAt));
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset, littleEndian: true);
        reader.Seek(TypeAt);
        if (reader.Report(sink, Fields.Type, 4) == Authenticate && reader.All.Length >= HostAt + 8)
        {
            Report(reader, DomainAt, Fields.Domain, sink);
            Report(reader, UserAt, Fields.User, sink);
            Report(reader, HostAt, Fields.Host, sink);
        }
    }

    // An empty name reads NULL, as Wireshark has it.
    private static void Report(in ByteReader reader, int at, Field field, IFieldSink sink)
    {
        string text = Read(reader.All, at);
        sink.Text(field, text.Length == 0 ? "NULL" : text, reader.At - reader.Position + at, 8);
    }

    // Length, room, offset from the message's beginning.
    private static string Read(ReadOnlySpan<byte> message, int at)
    {
        var reader = new ByteReader(message, 0, littleEndian: true);
        reader.Seek(FlagsAt);
        bool isUnicode = reader.Left < 4 || (reader.Read(4) & Unicode) != 0;
        reader = new ByteReader(message, 0, littleEndian: true);
        reader.Seek(at);
        long length = reader.Read(2);
        reader.Skip(2);
        long offset = reader.Read(4);
        if (reader.IsShort || offset > message.Length || length > message.Length - offset)
        {
            return "";
        }

        ReadOnlySpan<byte> text = message.Slice((int)offset, (int)length);
        return isUnicode ? Encoding.Unicode.GetString(text) : Encoding.Latin1.GetString(text);
    }
}
