using NetLab.Osi.Application.Http2;

namespace NetLab.Osi.Tests.Application;

/// <summary>HTTP/2's header fields (HPACK), by the examples of RFC 7541, appendix C, and in frames that come in pieces.</summary>
public sealed class Http2Tests
{
    private static readonly byte[] Preface = Http2Protocol.Preface.ToArray();

    [Fact]
    public void Requests_with_huffmans_code_are_read_as_the_standard_says()
    {
        var decoder = new HpackDecoder();
        Assert.Equal([":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"], Decode(decoder, "828684418cf1e3c2e5f23a6ba0ab90f4ff"));
        Assert.Equal(57, decoder.TableSize);
        Assert.Equal(
            [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"], Decode(decoder, "828684be5886a8eb10649cbf"));
        Assert.Equal(
            [":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value"],
            Decode(decoder, "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"));
        Assert.Equal(164, decoder.TableSize);
    }

    [Fact]
    public void Responses_push_each_other_out_of_a_small_table()
    {
        // The table of 256 bytes that the examples have is said by the block itself here.
        var decoder = new HpackDecoder();
        Assert.Equal(
            [":status: 302", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"],
            Decode(decoder, "3fe101" + "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3"));
        Assert.Equal(222, decoder.TableSize);
        Assert.Equal(":status: 307", Decode(decoder, "4883640effc1c0bf")[0]);
        Assert.Equal(222, decoder.TableSize);
        Assert.Equal(
            "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
            Decode(decoder, "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007")[^1]);
        Assert.Equal(215, decoder.TableSize);
    }

    [Theory]
    [InlineData("80")]
    [InlineData("ff")]
    [InlineData("ffffffffff7f")]
    [InlineData("be")]
    [InlineData("40")]
    [InlineData("4083ffffff00")]
    [InlineData("0005ab")]
    [InlineData("3fe1ffffff7f")]
    public void What_is_no_header_block_says_nothing_and_nothing_behind_it_is_believed(string block)
    {
        var decoder = new HpackDecoder();
        Assert.Null(decoder.Decode(Convert.FromHexString(block)));
        Assert.True(decoder.IsLost);
        Assert.Null(decoder.Decode([0x82]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public void Frames_may_come_in_pieces_and_blocks_in_parts(int size)
    {
        // HEADERS with padding and priority, whose block goes on in a CONTINUATION; then a request that refers to it.
        byte[] block = Convert.FromHexString("828684418cf1e3c2e5f23a6ba0ab90f4ff");
        byte[] first = [3, 0, 0, 0, 0, 16, .. block[..6], 0, 0, 0];
        byte[] said =
        [
            .. Preface, .. Frame(4, 0, 0, []), .. Frame(1, 0x1 | 0x8 | 0x20, 1, first), .. Frame(9, 0x4, 1, block[6..]),
            .. Frame(1, 0x5, 3, Convert.FromHexString("828684be5886a8eb10649cbf")), .. Frame(0, 1, 3, new byte[100]),
        ];
        var talk = new TcpTalk(80);
        foreach (byte[] piece in said.Chunk(size))
        {
            talk.Client(piece);
        }

        talk.Server([.. Frame(4, 1, 0, []), .. Frame(1, 0x4, 1, [0x88])]);
        Assert.Equal(2, talk.Fields.Count(f => f == "http2.host=www.example.com"));
        Assert.Contains("http2.headers=:method: GET,:scheme: http,:path: /,:authority: www.example.com,cache-control: no-cache", talk.Fields);
        Assert.Contains("http2.status=200", talk.Fields);
        Assert.Equal(7, talk.Fields.Count(f => f.StartsWith("http2.type=", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Bodies_may_come_in_pieces_with_padding_and_beside_each_other(int size)
    {
        byte[] json = System.Text.Encoding.ASCII.GetBytes("{\"name\":\"value\"}");
        byte[] message = [0, 0, 0, 0, 3, 0x08, 0x96, 0x01];
        byte[] said =
        [
            .. Preface, .. Frame(1, 0x4, 1, Block(":method", "POST", ":path", "/j", "content-type", "application/json")),
            .. Frame(1, 0x4, 3, Block(":method", "POST", ":path", "/a.B/C", "content-type", "application/grpc+proto")),
            .. Frame(0, 0x8, 1, [3, .. json[..5], 0, 0, 0]), .. Frame(0, 0, 3, message[..6]), .. Frame(0, 0, 1, json[5..]), .. Frame(0, 0, 1, []), .. Frame(0, 0x1, 3, message[6..]),
            .. Frame(0, 0x1, 1, []),
        ];
        var talk = new TcpTalk(80);
        foreach (byte[] piece in said.Chunk(size))
        {
            talk.Client(piece);
        }

        Assert.Contains("json.keys=name", talk.Fields);
        Assert.Contains("grpc.length=3", talk.Fields);
        Assert.Contains("protobuf.value=150", talk.Fields);
    }

    [Fact]
    public void A_body_that_is_given_up_or_grows_beyond_all_bounds_is_left_out()
    {
        var talk = new TcpTalk(80);
        talk.Client([.. Preface, .. Frame(1, 0x4, 1, Block(":method", "POST", ":path", "/", "content-type", "application/json")), .. Frame(0, 0, 1, "{\"a\":"u8.ToArray()), .. Frame(3, 0, 1, [0, 0, 0, 8]), .. Frame(0, 0x1, 1, "1}"u8.ToArray())]);
        talk.Client(Frame(1, 0x4, 3, Block(":method", "POST", ":path", "/", "content-type", "application/grpc")));
        for (int i = 0; i < 200; i++)
        {
            // A message of 4 GiB, of which the beginning is enough.
            talk.Client(Frame(0, 0, 3, i == 0 ? [0, 0xFF, 0xFF, 0xFF, 0xFF, .. new byte[16_000]] : new byte[16_000]));
        }

        Assert.DoesNotContain(talk.Fields, f => f.StartsWith("json.", StringComparison.Ordinal));
        Assert.Single(talk.Fields, f => f == "grpc.length=4294967295");
        Assert.True(talk.Stream.Held < 1 << 20, $"{talk.Stream.Held} bytes");
    }

    [Fact]
    public void A_frame_whose_lengths_lie_ends_the_reading_of_headers_and_not_of_frames()
    {
        var talk = new TcpTalk(80);
        talk.Client([.. Preface, .. Frame(1, 0x4 | 0x8, 1, [200, 0x82]), .. Frame(1, 0x4, 3, [0x82])]);
        Assert.Equal(2, talk.Fields.Count(f => f == "http2.type=1"));
        Assert.DoesNotContain(talk.Fields, f => f.StartsWith("http2.method", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, 0, 3)]
    [InlineData(9, 0x4, 3)]
    [InlineData(6, 0, 0)]
    public void Between_the_parts_of_a_block_nothing_may_come_and_nothing_is_invented_if_it_does(int type, int flags, int stream)
    {
        var talk = new TcpTalk(80);
        talk.Client([.. Preface, .. Frame(1, 0, 1, [0x82]), .. Frame(type, flags, stream, new byte[8]), .. Frame(9, 0x4, 1, [0x84]), .. Frame(1, 0x4, 5, [0x82])]);
        Assert.Equal(4, talk.Fields.Count(f => f.StartsWith("http2.type=", StringComparison.Ordinal)));
        Assert.DoesNotContain(talk.Fields, f => f.StartsWith("http2.headers", StringComparison.Ordinal));
    }

    [Fact]
    public void A_packet_that_says_its_table_again_and_again_is_shown_up_to_a_bound()
    {
        // One entry of some 4,000 bytes, and then frames of two bytes that are that entry twice.
        byte[] entry = [0x40, 1, (byte)'a', 0x7F, .. Integer(4000 - 127), .. new byte[4000]];
        var talk = new TcpTalk(80);
        talk.Client([.. Preface, .. Frame(1, 0x4, 1, entry), .. Enumerable.Range(0, 1000).SelectMany(_ => Frame(1, 0x4, 3, [0xBE, 0xBE]))]);
        Assert.Equal(1001, talk.Fields.Count(f => f == "http2.type=1"));
        Assert.InRange(talk.Fields.Where(f => f.StartsWith("http2.headers=", StringComparison.Ordinal)).Sum(f => f.Length), 4000, 80_000);
    }

    [Theory]
    [InlineData(64 << 10, true)]
    [InlineData((64 << 10) + 1, false)]
    public void The_table_grows_to_its_limit_and_stays_there(int limit, bool isTaken)
    {
        var decoder = new HpackDecoder();
        byte[] value = new byte[1000];
        Assert.Equal(isTaken, decoder.Decode([0x3F, .. Integer(limit - 31)]) is not null);
        for (int i = 0; isTaken && i < 100; i++)
        {
            Assert.NotNull(decoder.Decode([0x40, 1, (byte)'a', 0x7F, .. Integer(1000 - 127), .. value]));
            Assert.Equal(Math.Min(i + 1, (64 << 10) / 1033) * 1033, decoder.TableSize);
        }
    }

    // 5.1, behind a prefix of ones.
    private static byte[] Integer(int value)
    {
        List<byte> bytes = [];
        for (; value >= 128; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    [Fact]
    public void Whatever_comes_nothing_is_thrown()
    {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            var decoder = new HpackDecoder();
            byte[] block = new byte[random.Next(1, 60)];
            for (int j = 0; j < 20 && !decoder.IsLost; j++)
            {
                random.NextBytes(block);
                List<HeaderField>? fields = decoder.Decode(block);
                Assert.Equal(decoder.IsLost, fields is null);
            }
        }
    }

    private static List<string> Decode(HpackDecoder decoder, string block) =>
        [.. decoder.Decode(Convert.FromHexString(block))!.Select(f => $"{f.Name}: {f.Value}")];

    // A header block whose fields are written out, names and values in turn.
    private static byte[] Block(params string[] fields) =>
        [.. fields.Chunk(2).SelectMany(f => (byte[])[0, (byte)f[0].Length, .. System.Text.Encoding.ASCII.GetBytes(f[0]), (byte)f[1].Length, .. System.Text.Encoding.ASCII.GetBytes(f[1])])];

    private static byte[] Frame(int type, int flags, int stream, byte[] payload) =>
        [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, (byte)type, (byte)flags, 0, 0, 0, (byte)stream, .. payload];
}
