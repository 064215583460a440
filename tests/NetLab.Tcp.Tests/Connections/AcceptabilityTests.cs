using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Memory;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Tcp.Timers;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>RFC 9293, 3.10.7.4: the table of segment length and window.</summary>
public sealed class AcceptabilityTests
{
    [Theory]
    [Conformance(13)]
    [InlineData(0, 0, true)]
    [InlineData(-1, 0, false)]
    [InlineData(1023, 0, true)]
    [InlineData(1024, 0, false)]
    [InlineData(0, 1, true)]
    [InlineData(-1, 1, false)]
    [InlineData(-1, 2, true)]
    [InlineData(1023, 1, true)]
    [InlineData(1024, 1, false)]
    [InlineData(-10, 2000, false)]
    [InlineData(1, 5000, true)]
    public void With_an_open_window(int offsetFromNext, int length, bool expected)
    {
        Receiver receiver = Open(1024);
        Assert.Equal(expected, receiver.IsAcceptable(receiver.Next + offsetFromNext, length));
    }

    [Theory]
    [Conformance(13)]
    [InlineData(0, 0, true)]
    [InlineData(-1, 0, false)]
    [InlineData(1, 0, false)]
    [InlineData(0, 1, false)]
    [InlineData(-1, 2, false)]
    public void With_a_closed_window(int offsetFromNext, int length, bool expected)
    {
        Receiver receiver = Open(1024);
        receiver.Receive(default, 1, new byte[1024], fin: false);
        Assert.Equal(0, receiver.AdvertiseWindow(isSyn: false));
        Assert.Equal(expected, receiver.IsAcceptable(receiver.Next + offsetFromNext, length));
    }

    private static Receiver Open(int window)
    {
        var receiver = new Receiver(new ConnectionOptions { ReceiveBufferSize = window }, new SimulatedStream { ReadsAtOnce = false }, new TimerTable(), new MemoryAccount(null));
        receiver.Synchronize(new SequenceNumber(77));
        receiver.StartDelivering();
        receiver.AdvertiseWindow(isSyn: false);
        return receiver;
    }
}
