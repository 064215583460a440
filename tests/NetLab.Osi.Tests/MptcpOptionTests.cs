using NetLab.Osi.Protocols;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Tests;

/// <summary>The option of Multipath TCP (RFC 8684): what each kind says, and nothing of what is not there.</summary>
public sealed class MptcpOptionTests
{
    [Theory]
    [InlineData("0101", "subtype=0 version=1")]
    [InlineData("0101 0102030405060708 0B0C0D0E0F101112", "subtype=0 version=1 sendkey=72623859790382856 recvkey=796025588171149586")]
    [InlineData("2005 00000064 000000C8 00000001 000A 0000", "subtype=2 rawdataack=100 rawdataseqno=200 datalvllen=10")]
    [InlineData("200F 0000000200000000 0000000400000000 00000001 000A", "subtype=2 rawdataack=8589934592 rawdataseqno=17179869184 datalvllen=10")]
    [InlineData("1002 00000007 00000008", "subtype=1 addrid=2")]
    [InlineData("3003 0A000009", "subtype=3 addrid=3")]
    [InlineData("40 04 05", "subtype=4 addrid=4 addrid=5")]
    [InlineData("2005 0000", "subtype=2")]
    [InlineData("", "")]
    public void Says_what_is_there(string value, string fields)
    {
        var told = new Told();
        MptcpOption.Describe(Convert.FromHexString(value.Replace(" ", "", StringComparison.Ordinal)), 0, told);
        Assert.Equal(fields, string.Join(' ', told.Fields));
    }

    [Fact]
    public void Any_bytes_are_read_within_their_end()
    {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] value = new byte[random.Next(24)];
            random.NextBytes(value);
            MptcpOption.Describe(value, 0, new Told(value.Length));
        }
    }

    private sealed class Told(int end = int.MaxValue) : IFieldSink
    {
        public List<string> Fields { get; } = [];

        public void Number(Field field, long value, int offset, int length)
        {
            Assert.True(offset >= 0 && offset + length <= end);
            Fields.Add($"{field.FilterName!.Split('.')[^1]}={value}");
        }

        public void Text(Field field, ReadOnlySpan<byte> value, int offset, int length) => Assert.Fail("the option has no text");

        public void Text(Field field, string value, int offset, int length) => Assert.Fail("the option has no text");
    }
}
