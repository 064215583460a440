using System.Net;
using NetLab.Host.Recording;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary>Opens ports of the transports that carry datagrams.</summary>
internal static class DatagramPort
{
    /// <summary>Opens one.</summary>
    /// <param name="transport">Whose.</param>
    /// <param name="local">Where it is bound.</param>
    /// <param name="remote">The only peer; null for any.</param>
    /// <param name="recorder">Records datagrams of NetLab's transports; null for not.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address is taken or not this machine's.</exception>
    public static IDatagramPort Open(LabTransport transport, IPEndPoint local, IPEndPoint? remote, LabRecorder? recorder) => transport == LabTransport.Udp
        ? new BatchedDatagramPort(local, remote, recorder)
        : new KernelDatagramPort(local, remote);
}
