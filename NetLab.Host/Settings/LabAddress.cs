using System.Buffers;
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
    private const string Form = "an address is tcp://HOST:PORT, udp://HOST:PORT, kernel-tcp://HOST:PORT, kernel-udp://HOST:PORT, tun-tcp://HOST:PORT or raw-tcp://HOST:PORT";

    // What people write before or behind a host and that is none of it.
    private static readonly SearchValues<char> NoHost = SearchValues.Create("@/?#*,; \t\\");

    /// <summary>The UDP port, where it is another one than the TCP port in the segments; null where they are one.</summary>
    public int? UdpPort { get; init; }

    /// <summary>Whether segments are taken whatever their checksum, from peers that leave it to UDP's.</summary>
    public bool TakesAnyChecksum { get; init; }

    /// <summary>Whether a rule that keeps the kernel from resetting connections is set, and removed again: of NetLab's TCP beside the kernel's.</summary>
    public bool HoldsResets { get; init; }

    private static readonly TimeSpan LookUpLimit = TimeSpan.FromSeconds(5);

    /// <summary>Whether this is a byte stream.</summary>
    public bool IsStream => Transport is LabTransport.Tcp or LabTransport.KernelTcp || IsOverIp;

    /// <summary>Whether NetLab's TCP is in IP packets.</summary>
    public bool IsOverIp => Transport is LabTransport.TunTcp or LabTransport.RawTcp;

    /// <summary>Whether NetLab's own TCP makes the segments.</summary>
    public bool HasSegments => Transport == LabTransport.Tcp || IsOverIp;

    /// <summary>Whether what passes is datagrams of UDP, to the system and to a link.</summary>
    public bool IsOverUdp => Transport != LabTransport.KernelTcp && !IsOverIp;

    /// <summary>Reads an address.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static LabAddress Parse(string text)
    {
        int colon = text.IndexOf("://", StringComparison.Ordinal);
        LabTransport? transport = colon < 0 ? null : TransportOf(text[..colon]);
        if (transport is null)
        {
            string hint = colon >= 0 && text[..colon].ToLowerInvariant() is "http" or "https" ? "; HTTP goes over kernel-tcp:// or tcp://" : "";
            throw new UsageException($"'{text}': {Form}{hint}");
        }

        string[] halves = text[(colon + 3)..].Split('?', 2);
        string rest = halves[0].TrimEnd('/');
        int last = rest.LastIndexOf(':');
        string host = last < 0 ? "" : rest[..last];
        if (rest is ['[', .., ']'])
        {
            throw new UsageException($"'{text}': the port is missing, as in {SchemeOf(transport.Value)}://{(rest.Length > 2 ? rest : "[::1]")}:9000");
        }

        if (host.Contains(':', StringComparison.Ordinal) || host.Contains('[', StringComparison.Ordinal) || host.Contains(']', StringComparison.Ordinal))
        {
            // RFC 3986 (3.2.2): without brackets nobody knows which colon begins the port.
            host = host is ['[', .. var inner, ']'] && IPAddress.TryParse(inner, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6
                ? inner
                : throw new UsageException($"'{text}': an IPv6 address stands in brackets, as in {SchemeOf(transport.Value)}://[::1]:9000");
            if (host.Contains('%', StringComparison.Ordinal) && IPAddress.IsLoopback(address))
            {
                throw new UsageException($"'{text}': '{host[host.IndexOf('%', StringComparison.Ordinal)..]}': loopback has no zones");
            }
        }

        if (host.AsSpan().IndexOfAny(NoHost) is >= 0 and var at)
        {
            throw new UsageException($"'{text}': '{host[at]}' is in no name of a host; {Form}");
        }

        if (host.Count('.') == 3 && host.All(c => char.IsAsciiDigit(c) || c == '.') && !IPAddress.TryParse(host, out _))
        {
            throw new UsageException($"'{text}': {host} is no address of IPv4: four numbers from 0 to 255");
        }

        if (host.Length == 0 || !int.TryParse(rest.AsSpan(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > 65535)
        {
            throw new UsageException($"'{text}': {Form}, with a port from 0 to 65535");
        }

        var parsed = new LabAddress(transport.Value, host, port);
        return (halves, transport) switch
        {
            ([_], _) => parsed,
            ([_, "rst=drop"], LabTransport.RawTcp) => parsed with { HoldsResets = true },
            ([_, var settings], LabTransport.Tcp) => WithSettings(parsed, text, settings),
            ([_, var settings], LabTransport.RawTcp) => throw new UsageException($"'{text}': '{settings}': the setting of such an address is rst=drop"),
            _ => throw new UsageException($"'{text}': '?{halves[1]}': only tcp:// and raw-tcp:// have settings"),
        };
    }

    // tcp://host:80?udp=9811&checksum=any: the TCP of others in UDP.
    private static LabAddress WithSettings(LabAddress address, string text, string settings)
    {
        HashSet<string> said = [];
        foreach (string setting in settings.Split('&'))
        {
            if (!said.Add(setting.Split('=')[0]))
            {
                throw new UsageException($"'{text}': '{setting}': {setting.Split('=')[0]} is said twice");
            }

            address = setting.Split('=') switch
            {
                ["udp", var number] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535 => address with { UdpPort = port },
                ["checksum", "any"] => address with { TakesAnyChecksum = true },
                _ => throw new UsageException($"'{text}': '{setting}': the settings of an address are udp=PORT and checksum=any, with & between them"),
            };
        }

        return address.Port == 0 && address.UdpPort is not null
            ? throw new UsageException($"'{text}': with udp= the TCP port is to be said, too")
            : address;
    }

    /// <summary>The transport of a name, or null.</summary>
    public static LabTransport? TransportOf(string scheme) => scheme.ToLowerInvariant() switch
    {
        "tcp" => LabTransport.Tcp,
        "udp" => LabTransport.Udp,
        "kernel-tcp" => LabTransport.KernelTcp,
        "kernel-udp" => LabTransport.KernelUdp,
        "tun-tcp" => LabTransport.TunTcp,
        "raw-tcp" => LabTransport.RawTcp,
        _ => null,
    };

    /// <summary>The name of a transport.</summary>
    public static string SchemeOf(LabTransport transport) => transport switch
    {
        LabTransport.Tcp => "tcp",
        LabTransport.Udp => "udp",
        LabTransport.KernelTcp => "kernel-tcp",
        LabTransport.TunTcp => "tun-tcp",
        LabTransport.RawTcp => "raw-tcp",
        _ => "kernel-udp",
    };

    /// <summary>Where that is. A name is looked up, which may take its time; code that holds a lock resolves before it takes it.</summary>
    /// <param name="allowRemote">Whether it may be another machine.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UsageException">The name is not known, or it is another machine and may not be.</exception>
    public async Task<IPEndPoint> ResolveAsync(bool allowRemote, CancellationToken cancellationToken = default)
    {
        if (IPAddress.TryParse(Host, out IPAddress? literal))
        {
            return At(literal, allowRemote);
        }

        CheckName(allowRemote);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LookUpLimit);
        try
        {
            return At(Best(await Dns.GetHostAddressesAsync(Host, limit.Token).ConfigureAwait(false)), allowRemote);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UsageException($"'{this}': no answer in {LookUpLimit.TotalSeconds:F0} s to the question where '{Host}' is");
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return At(null, allowRemote);
        }
    }

    /// <summary>The same, waiting on the caller's thread.</summary>
    /// <param name="allowRemote">Whether it may be another machine.</param>
    /// <exception cref="UsageException">The name is not known, or it is another machine and may not be.</exception>
    public IPEndPoint Resolve(bool allowRemote)
    {
        if (IPAddress.TryParse(Host, out IPAddress? literal))
        {
            return At(literal, allowRemote);
        }

        CheckName(allowRemote);
        try
        {
            return At(Best(Dns.GetHostAddresses(Host)), allowRemote);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return At(null, allowRemote);
        }
    }

    /// <summary>Where that is, to send to: it needs a port.</summary>
    /// <param name="allowRemote">Whether it may be another machine.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UsageException">As <see cref="ResolveAsync"/>, or the port is 0.</exception>
    public Task<IPEndPoint> ResolvePeerAsync(bool allowRemote, CancellationToken cancellationToken = default)
    {
        CheckPeer();
        return ResolveAsync(allowRemote, cancellationToken);
    }

    /// <summary>The same, waiting on the caller's thread.</summary>
    /// <param name="allowRemote">Whether it may be another machine.</param>
    /// <exception cref="UsageException">As <see cref="Resolve"/>, or the port is 0.</exception>
    public IPEndPoint ResolvePeer(bool allowRemote)
    {
        CheckPeer();
        return Resolve(allowRemote);
    }

    /// <summary>Sees whether something can be sent there, without asking anybody where it is.</summary>
    /// <exception cref="UsageException">The port is 0.</exception>
    public void CheckPeer()
    {
        if (Port == 0)
        {
            throw new UsageException($"'{this}': port 0 is no port to connect to");
        }
    }

    // Another machine's name is not even looked up for who may not reach it: the question alone would leave this machine.
    private void CheckName(bool allowRemote)
    {
        bool isLocal = Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || Host.Equals(Dns.GetHostName(), StringComparison.OrdinalIgnoreCase);
        if (!allowRemote && !isLocal)
        {
            throw new RemoteAddressException(this, Host);
        }
    }

    private static IPAddress? Best(IPAddress[] addresses) =>
        addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses.FirstOrDefault();

    private IPEndPoint At(IPAddress? address, bool allowRemote)
    {
        if (address is null)
        {
            throw new UsageException($"'{this}': no address is known for the name '{Host}'");
        }

        return allowRemote || IPAddress.IsLoopback(address) || IsOnOwnDevice(address) ? new IPEndPoint(address, UdpPort ?? Port) : throw new RemoteAddressException(this, address.ToString());
    }

    // The networks of TUN devices are this machine and nothing else.
    private bool IsOnOwnDevice(IPAddress address) => Transport == LabTransport.TunTcp && TunNetwork.All().Any(n => n.Contains(address));

    /// <summary>Whether two addresses are one port of the system: NetLab's TCP has UDP's, or its own on a device.</summary>
    public bool IsSamePort(LabAddress other) => (UdpPort ?? Port) == (other.UdpPort ?? other.Port) && Host == other.Host && IsOverUdp == other.IsOverUdp
        && (IsOverUdp || (Transport == LabTransport.TunTcp) == (other.Transport == LabTransport.TunTcp));

    /// <summary>The same transport at another place, such as the port the system chose.</summary>
    public LabAddress At(IPEndPoint endPoint) => UdpPort is null
        ? this with { Host = endPoint.Address.ToString(), Port = endPoint.Port }
        : this with { Host = endPoint.Address.ToString(), UdpPort = endPoint.Port };

    /// <inheritdoc/>
    public override string ToString()
    {
        string scheme = SchemeOf(Transport);
        string[] settings = [.. UdpPort is { } udp ? (string[])[$"udp={udp.ToString(CultureInfo.InvariantCulture)}"] : [], .. TakesAnyChecksum ? (string[])["checksum=any"] : [], .. HoldsResets ? (string[])["rst=drop"] : []];
        string more = settings.Length > 0 ? $"?{string.Join('&', settings)}" : "";
        return Host.Contains(':', StringComparison.Ordinal) ? $"{scheme}://[{Host}]:{Port}{more}" : $"{scheme}://{Host}:{Port}{more}";
    }
}
