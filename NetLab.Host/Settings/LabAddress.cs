using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NetLab.Host.Settings;

/// <summary>An address of the lab: a transport and where, such as <c>tcp://127.0.0.1:9000</c>.</summary>
/// <param name="Transport">Which transport.</param>
/// <param name="Host">Name or address.</param>
/// <param name="Port">Port, 0 to 65535.</param>
internal sealed record LabAddress(LabTransport Transport, string Host, int Port)
{
    private const string Form = "an address is tcp://HOST:PORT, udp://HOST:PORT, kernel-tcp://HOST:PORT or kernel-udp://HOST:PORT";

    /// <summary>Whether this is a byte stream.</summary>
    public bool IsStream => Transport is LabTransport.Tcp or LabTransport.KernelTcp;

    /// <summary>Reads an address.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static LabAddress Parse(string text)
    {
        int colon = text.IndexOf("://", StringComparison.Ordinal);
        LabTransport? transport = colon < 0 ? null : TransportOf(text[..colon]);
        if (transport is null)
        {
            throw new UsageException($"'{text}': {Form}");
        }

        string rest = text[(colon + 3)..].TrimEnd('/');
        int last = rest.LastIndexOf(':');
        string host = last < 0 ? "" : rest[..last].Trim('[', ']');
        if (host.Length == 0 || !int.TryParse(rest.AsSpan(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > 65535)
        {
            throw new UsageException($"'{text}': {Form}, with a port from 0 to 65535");
        }

        return new LabAddress(transport.Value, host, port);
    }

    /// <summary>The transport of a name, or null.</summary>
    public static LabTransport? TransportOf(string scheme) => scheme switch
    {
        "tcp" => LabTransport.Tcp,
        "udp" => LabTransport.Udp,
        "kernel-tcp" => LabTransport.KernelTcp,
        "kernel-udp" => LabTransport.KernelUdp,
        _ => null,
    };

    /// <summary>The name of a transport.</summary>
    public static string SchemeOf(LabTransport transport) => transport switch
    {
        LabTransport.Tcp => "tcp",
        LabTransport.Udp => "udp",
        LabTransport.KernelTcp => "kernel-tcp",
        _ => "kernel-udp",
    };

    /// <summary>Where that is.</summary>
    /// <param name="allowRemote">Whether it may be another machine.</param>
    /// <exception cref="UsageException">The name is not known, or it is another machine and may not be.</exception>
    public IPEndPoint Resolve(bool allowRemote)
    {
        if (!IPAddress.TryParse(Host, out IPAddress? address))
        {
            try
            {
                IPAddress[] addresses = Dns.GetHostAddresses(Host);
                address = addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses.FirstOrDefault();
            }
            catch (Exception error) when (error is SocketException or ArgumentException)
            {
                address = null;
            }
        }

        if (address is null)
        {
            throw new UsageException($"'{this}': no address is known for the name '{Host}'");
        }

        if (!allowRemote && !IPAddress.IsLoopback(address))
        {
            throw new UsageException($"'{this}': {address} is not this machine's loopback; say --allow-remote if that is meant");
        }

        return new IPEndPoint(address, Port);
    }

    /// <summary>Where that is, to send to: it needs a port.</summary>
    /// <exception cref="UsageException">As <see cref="Resolve"/>, or the port is 0.</exception>
    public IPEndPoint ResolvePeer(bool allowRemote) => Port == 0
        ? throw new UsageException($"'{this}': port 0 is no port to connect to")
        : Resolve(allowRemote);

    /// <summary>The same transport at another place, such as the port the system chose.</summary>
    public LabAddress At(IPEndPoint endPoint) => this with { Host = endPoint.Address.ToString(), Port = endPoint.Port };

    /// <inheritdoc/>
    public override string ToString()
    {
        string scheme = SchemeOf(Transport);
        return Host.Contains(':', StringComparison.Ordinal) ? $"{scheme}://[{Host}]:{Port}" : $"{scheme}://{Host}:{Port}";
    }
}
