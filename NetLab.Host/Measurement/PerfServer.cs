using System.Net;
using System.Net.Sockets;
using NetLab.Host.Measurement.Datagrams;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Measurement.Streams;
using NetLab.Host.Recording;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Measurement;

/// <summary>A server of measurements, in the process that runs it.</summary>
internal static class PerfServer
{
    /// <summary>Serves at an address.</summary>
    /// <param name="address">Where.</param>
    /// <param name="allowRemote">Whether that may be reached from other machines.</param>
    /// <param name="once">Whether to end after one client's measurement.</param>
    /// <param name="polls">Whether streams' sockets are polled.</param>
    /// <param name="observer">Hears of it.</param>
    /// <param name="recorder">Records datagrams of NetLab's transports; null for not.</param>
    /// <param name="onListening">Told where it listens.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UsageException">The address is taken or not this machine's.</exception>
    public static async Task RunAsync(
        LabAddress address, bool allowRemote, bool once, bool polls, IPerfObserver observer, LabRecorder? recorder, Action<LabAddress> onListening,
        CancellationToken cancellationToken)
    {
        IPEndPoint local = address.Resolve(allowRemote);
        if (address.IsStream)
        {
            StreamPerfListener listener = Bind(address, () => new StreamPerfListener(address, local, polls, recorder));
            await using (listener.ConfigureAwait(false))
            {
                onListening(address.At(listener.LocalEndPoint));
                await new StreamPerfServer(listener, address.Transport, observer).RunAsync(once, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        using IDatagramPort port = Bind(address, () => DatagramPort.Open(address.Transport, local, null, recorder));
        onListening(address.At(port.LocalEndPoint));
        await Task.Factory.StartNew(
            () => new DatagramPerfServer(port, address.Transport, observer).Run(once, cancellationToken),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
    }

    // Only where it binds is the address to blame for a socket's error.
    private static T Bind<T>(LabAddress address, Func<T> bind)
    {
        try
        {
            return bind();
        }
        catch (SocketException error)
        {
            throw BindFailure.Explain(address, error);
        }
    }
}
