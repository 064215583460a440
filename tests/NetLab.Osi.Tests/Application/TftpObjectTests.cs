using System.Net;
using System.Text;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Tests.Application;

/// <summary>A file that TFTP carries is put together from its blocks, whoever sends them, whatever is sent again.</summary>
public class TftpObjectTests
{
    private static readonly IPEndPoint Client = new(IPAddress.Parse("192.0.2.1"), 50_000);
    private static readonly IPEndPoint Asked = new(IPAddress.Parse("198.51.100.1"), 69);
    private static readonly IPEndPoint Server = new(IPAddress.Parse("198.51.100.1"), 51_234);

    private readonly List<CarriedObject> _found = [];
    private readonly PacketDecoder _decoder;
    private readonly DecodedPacket _decoded = new();
    private long _number;

    public TftpObjectTests() => _decoder = new PacketDecoder(new DecoderOptions { ObjectFound = _found.Add });

    [Fact]
    public void A_file_that_is_read_is_whole_with_its_last_block()
    {
        byte[] content = [.. Enumerable.Range(0, 1100).Select(i => (byte)i)];
        Send(Client, Asked, Request(1, "boot/kernel.img"));
        Send(Server, Client, Block(1, content[..512]));
        Send(Client, Server, [0, 4, 0, 1]);
        Send(Server, Client, Block(1, content[..512]));
        Send(Server, Client, Block(2, content[512..1024]));
        Assert.Empty(_found);
        Send(Server, Client, Block(3, content[1024..]));
        CarriedObject file = Assert.Single(_found);
        Assert.Equal(("tftp", "boot/kernel.img", 6L), (file.Protocol, file.Name, file.Packet));
        Assert.Equal(content, file.Content.ToArray());
    }

    [Fact]
    public void A_file_that_is_written_has_the_block_size_that_was_agreed_on()
    {
        Send(Client, Asked, [.. Request(2, "up.bin"), .. "blksize\01000\0"u8]);
        Send(Server, Client, [0, 6, .. "BLKSIZE\01000\0"u8]);
        Send(Client, Server, Block(1, new byte[1000]));
        Assert.Empty(_found);
        Send(Client, Server, Block(2, []));
        Assert.Equal(1000, Assert.Single(_found).Content.Length);
    }

    [Fact]
    public void A_file_with_a_hole_is_none()
    {
        Send(Client, Asked, Request(1, "x"));
        Send(Server, Client, Block(1, new byte[512]));
        Send(Server, Client, Block(3, new byte[10]));
        Send(Server, Client, Block(2, new byte[10]));
        Assert.Empty(_found);
    }

    private static byte[] Request(byte opcode, string file) => [0, opcode, .. Encoding.ASCII.GetBytes(file), 0, .. "octet"u8, 0];

    private static byte[] Block(byte number, byte[] data) => [0, 3, 0, number, .. data];

    private void Send(IPEndPoint from, IPEndPoint to, byte[] payload)
    {
        byte[] frame = PacketBuilder.Udp(from, to, payload, sent: true);
        _decoder.Decode(new CapturedPacket(++_number, new CaptureInterface(1, 0), _number, frame.Length, frame), _decoded);
    }
}
