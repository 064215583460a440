using System.Diagnostics.Metrics;
using System.Net;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Tests.Diagnostics;

/// <summary>What watches from outside, such as dotnet-counters, finds the meter without anybody's having named it.</summary>
public sealed class UdpMeterPublicationTests
{
    [Fact]
    public void A_socket_is_counted_by_the_shared_meter_though_no_code_has_asked_for_it()
    {
        var options = new DatagramSocketOptions();
        using DatagramSocket socket = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), options);
        socket.TrySend(new byte[10], 10, DatagramAddress.From(socket.LocalEndPoint), out _);
        long counted = -1;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            // A meter of a host's has that host as its scope.
            if (instrument.Meter is { Name: "NetLab.Udp", Scope: null } && instrument.Name == "netlab.udp.io")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => counted = Math.Max(counted, value));
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.True(counted >= 10);
    }
}
