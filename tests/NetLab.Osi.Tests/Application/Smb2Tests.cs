using System.Text;
using NetLab.Osi.Application.FileSharing;
using static NetLab.Osi.Tests.Application.SampleBytes;

namespace NetLab.Osi.Tests.Application;

/// <summary>SMB 2: where the parts of its messages stand, what its numbers are called, and what one message says of another.</summary>
public sealed class Smb2Tests
{
    private const string FileId = "01000000 0000 0000 0200000000000000";
    private static readonly Guid File = new(Convert.FromHexString(FileId.Replace(" ", "", StringComparison.Ordinal)));

    [Theory]
    [InlineData(5, true, 89, 128)]
    [InlineData(6, false, 24, 72)]
    [InlineData(8, false, 49, 80)]
    [InlineData(9, false, 49, 80)]
    [InlineData(11, false, 57, 72)]
    [InlineData(16, false, 41, 88)]
    [InlineData(17, false, 33, 80)]
    public void A_file_is_named_where_its_command_has_it(int command, bool isResponse, int structure, int at)
    {
        byte[] message = Message(structure, at, File.ToByteArray());
        Assert.Equal(File, Smb2Layout.FileOf(message, command, isResponse));
        Assert.Equal(at, Smb2Layout.FileAt(message, command, isResponse).Offset);
    }

    [Theory]
    [InlineData(5, true, 9, 128)]
    [InlineData(5, false, 57, 128)]
    [InlineData(8, true, 17, 80)]
    [InlineData(99, false, 49, 80)]
    public void A_response_of_an_error_and_what_is_no_command_name_none(int command, bool isResponse, int structure, int at) =>
        Assert.Equal(Guid.Empty, Smb2Layout.FileOf(Message(structure, at, File.ToByteArray()), command, isResponse));

    [Fact]
    public void A_file_that_is_cut_off_is_none()
    {
        byte[] message = Message(49, 80, File.ToByteArray());
        for (int length = 0; length < 96; length++)
        {
            Assert.Equal(Guid.Empty, Smb2Layout.FileOf(message.AsSpan(0, length), 9, false));
        }

        Assert.Equal(File, Smb2Layout.FileOf(message, 9, false));
    }

    [Theory]
    [InlineData(0, true, 120)]
    [InlineData(1, false, 76)]
    [InlineData(1, true, 68)]
    public void The_token_of_security_stands_where_its_message_says(int command, bool isResponse, int at)
    {
        byte[] message = new byte[at + 8];
        (message[at], message[at + 2]) = (0x58, 0x22);
        Assert.Equal((0x58, 0x22), Smb2Layout.Blob(message, command, isResponse));
        Assert.Equal((0, 0), Smb2Layout.Blob(message.AsSpan(0, at + 3), command, isResponse));
        Assert.Equal((0, 0), Smb2Layout.Blob(message, 3, isResponse));
    }

    [Fact]
    public void A_text_must_lie_behind_the_header_and_within_the_message()
    {
        byte[] message = new byte[80];
        Encoding.Unicode.GetBytes("a.b").CopyTo(message, 70);
        (message[66], message[68]) = (70, 6);
        Assert.Equal("a.b", Smb2Layout.Text(message, 66, 68));
        message[66] = 60;
        Assert.Null(Smb2Layout.Text(message, 66, 68));
        (message[66], message[68]) = (76, 6);
        Assert.Null(Smb2Layout.Text(message, 66, 68));
        (message[66], message[67], message[68], message[69]) = (0xFF, 0xFF, 0xFF, 0xFF);
        Assert.Null(Smb2Layout.Text(message, 66, 68));
        Assert.Null(Smb2Layout.Text(message.AsSpan(0, 69), 66, 68));
    }

    [Theory]
    [InlineData(0, "negotiate")]
    [InlineData(5, "create")]
    [InlineData(14, "query directory")]
    [InlineData(18, "oplock break")]
    [InlineData(19, null)]
    public void Commands_have_names(int command, string? name) => Assert.Equal(name, Smb2Names.Command(command));

    [Theory]
    [InlineData(0u, "success")]
    [InlineData(0x103u, "pending")]
    [InlineData(0xC0000016u, "more processing required")]
    [InlineData(0xC0000022u, "access denied")]
    [InlineData(1u, null)]
    public void Statuses_have_names(uint status, string? name) => Assert.Equal(name, Smb2Names.Status(status));

    [Fact]
    public void A_file_is_named_when_it_is_opened_and_has_an_id_from_then_on()
    {
        List<string> told = Decode($"> {Create("run.log", 1)} < {Created(1)} > {Close(2)}");
        Assert.Single(told, f => f == "smb2.file=run.log");
        Assert.Equal(2, told.Count(f => f == $"smb2.file_id={File}"));
    }

    [Theory]
    [InlineData(7u, true)]
    [InlineData(8u, false)]
    public void A_tree_has_the_name_that_connected_it_in_its_session_alone(uint session, bool isKnown)
    {
        string connect = Smb2(3, false, 0, 7, 1, "0900 0000 4800 0A00 " + Wide(@"\\h\s"));
        string connected = Smb2(3, true, 5, 7, 1, "1000 02 00 00000000 00000000 00000000");
        List<string> told = Decode($"> {connect} < {connected} > {Smb2(6, false, 5, session, 2, "1800 0000 00000000 " + FileId)}");
        Assert.Equal(isKnown, told[told.LastIndexOf("smb2.command=6")..].Contains(@"smb2.tree=\\h\s"));
    }

    [Fact]
    public void Messages_of_one_segment_and_of_many_are_read_alike()
    {
        string whole = $"> {Create("a", 1)} {Close(2)}";
        Assert.Equal(["smb2.command=5", "smb2.command=6"], Decode(whole).Where(f => f.StartsWith("smb2.command=", StringComparison.Ordinal)));
        string[] bytes = [.. Create("a", 1).Replace(" ", "", StringComparison.Ordinal).Chunk(2).Select(b => "> " + new string(b))];
        Assert.Contains("smb2.file=a", Decode(string.Join(' ', bytes)));
    }

    private static List<string> Decode(string messages) => new ProtocolSample("smb2", "tcp 445", messages, "").Decode();

    private static byte[] Message(int structure, int at, byte[] file)
    {
        byte[] message = new byte[at + 16];
        (message[Smb2Layout.HeaderSize], message[Smb2Layout.HeaderSize + 1]) = ((byte)structure, (byte)(structure >> 8));
        file.CopyTo(message, at);
        return message;
    }

    private static string Create(string name, ulong message) => Smb2(
        5, false, 5, 7, message, $"3900 00 00 02000000 0000000000000000 0000000000000000 00000000 00000000 00000000 01000000 00000000 7800 {Little((ulong)name.Length * 2, 2)} 00000000 00000000 {Wide(name)}");

    private static string Created(ulong message) => Smb2(
        5, true, 5, 7, message, $"5900 00 00 01000000 {new string('0', 64)} 0000000000000000 0000000000000000 00000000 00000000 {FileId} 00000000 00000000");

    private static string Close(ulong message) => Smb2(6, false, 5, 7, message, "1800 0000 00000000 " + FileId);
}
