using NetLab.Osi.Decoding;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests.Protocols;

/// <summary>What chooses a protocol: selectors, their order, and what makes no sense of them.</summary>
public class ProtocolRegistryTests
{
    private static readonly Protocol Mine = new("mine", OsiLayer.Application, "Mine", []);

    [Theory]
    [InlineData("udp.port==", "says no number of udp.port")]
    [InlineData("udp.port==53,", "says no number of udp.port")]
    [InlineData("udp.port==x", "'x' is no number of udp.port")]
    [InlineData("udp.port==9-5", "'9-5' is no number of udp.port")]
    [InlineData("udp.port==-5", "'-5' is no number of udp.port")]
    [InlineData("udp.prot==5", "'udp.prot' chooses no protocol")]
    [InlineData("udp", "cannot say how it begins")]
    [InlineData("eth.type==0xfffffffffffffffff", "is no number of eth.type")]
    public void A_selector_that_makes_no_sense_is_named(string selectors, string why)
    {
        FormatException error = Assert.Throws<FormatException>(() => BuiltInProtocols.Registry.With(Mine, selectors));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => new ProtocolRegistry([new ProtocolReference("mine", selectors, () => Mine)]));
    }

    [Fact]
    public void The_rows_that_are_built_in_make_sense()
    {
        // The registry of built-in protocols reads its rows when they are needed: here, all are.
        var registry = new ProtocolRegistry(BuiltInProtocols.Registry.Protocols);
        Assert.Equal(BuiltInProtocols.Registry.Protocols.Count, registry.Protocols.Count);
    }

    [Fact]
    public void The_caller_goes_first_and_the_built_in_protocol_is_asked_next()
    {
        ProtocolRegistry registry = BuiltInProtocols.Registry.With(Mine, "udp.port==53,0x1000-0x1002 llc.snap==0x00000c2000");
        Assert.Equal(["mine", "dns"], Names(registry, NumberTable.UdpPort, 53));
        Assert.Equal(["mine"], Names(registry, NumberTable.UdpPort, 0x1002));
        Assert.Equal("mine", Names(registry, NumberTable.Snap, 0xC2000)[0]);
        Assert.Empty(Names(registry, NumberTable.UdpPort, 0x1003));
        Assert.Equal(["dns"], Names(BuiltInProtocols.Registry, NumberTable.UdpPort, 53));
    }

    private static List<string> Names(ProtocolRegistry registry, NumberTable table, long number)
    {
        var names = new List<string>();
        for (ProtocolRow? row = registry.Find(table, number); row is not null; row = row.Next)
        {
            names.Add(row.Reference.Name);
        }

        return names;
    }
}
