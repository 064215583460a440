using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NetLab.Host.Measurement.Links;

/// <summary>socat(1) as a relay of datagrams that changes nothing: a yardstick for one that does.</summary>
internal sealed class SocatRelay : IDisposable
{
    private readonly Process _process;

    private SocatRelay(Process process, IPEndPoint listens) => (_process, LocalEndPoint) = (process, listens);

    /// <summary>Where clients send to.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Starts one on loopback.</summary>
    /// <param name="target">Where it leads.</param>
    /// <returns>Null if there is no such program.</returns>
    public static SocatRelay? TryStart(IPEndPoint target)
    {
        IPEndPoint listens;
        using (var free = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listens = (IPEndPoint)free.LocalEndPoint!;
        }

        try
        {
            string[] words =
            [
                "-b65536",
                string.Create(CultureInfo.InvariantCulture, $"UDP4-LISTEN:{listens.Port},bind={listens.Address},rcvbuf=4194304"),
                string.Create(CultureInfo.InvariantCulture, $"UDP4:{target.Address}:{target.Port},rcvbuf=4194304"),
            ];
            return new SocatRelay(Process.Start(new ProcessStartInfo("socat", words) { RedirectStandardError = true })!, listens);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
