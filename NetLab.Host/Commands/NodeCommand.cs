using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using NetLab.Cluster.Membership;
using NetLab.Cluster.Nodes;
using NetLab.Cluster.Pages;
using NetLab.Cluster.Security;
using NetLab.Host.Nodes;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab node</c>: this machine as a node of a cluster, until Ctrl-C.</summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        var join = new Option<string?>("--join") { Description = "The cluster: its first node (127.0.0.1:11111, on this machine), redis://HOST:PORT or postgres://USER@HOST/DATABASE; without it this is a first node", HelpName = "CLUSTER" };
        var address = new Option<string>("--address") { Description = "Where the other nodes reach this one", HelpName = "IP", DefaultValueFactory = _ => "127.0.0.1" };
        var port = new Option<int?>("--port") { Description = $"At which port, and commands one further; {ClusterAddress.DefaultPort} if not given, on loopback another where that is taken", HelpName = "N" };
        var http = new Option<string?>("--http") { Description = "Show the last measurements there, as a page and at /metrics; everybody who reaches it may read it", HelpName = "IP:PORT" };
        var arguments = new ClusterArguments();
        var command = new Command("node", "Be a node of a cluster, which decodes and measures for nlab on, until Ctrl-C") { join, address, port, http };
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string text = parsed.GetRequiredValue(address);
            if (!IPAddress.TryParse(text, out IPAddress? ip) || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            {
                throw new UsageException($"--address '{text}': the one address of this machine at which the other nodes reach it, such as 10.0.0.1");
            }

            if (parsed.GetValue(port) is { } asked and (< 1 or > 65_534))
            {
                throw new UsageException($"--port '{asked}': 1 to 65534, as commands come to the next one");
            }

            IPEndPoint? page = null;
            if (parsed.GetValue(http) is { } shown && (!IPEndPoint.TryParse(shown, out page) || !shown.EndsWith($":{page.Port}", StringComparison.Ordinal)))
            {
                throw new UsageException($"--http '{shown}': an address and a port, such as 127.0.0.1:8080");
            }

            ClusterAddress? cluster = parsed.GetValue(join) is { } name ? ClusterArguments.AddressOf(name, "--join") : null;
            using ClusterSecurity security = arguments.Security(parsed);
            if (!IPAddress.IsLoopback(ip) && security.IsNone)
            {
                throw new UsageException($"--address '{ip}': beyond loopback nodes know one another by --secret-file or --certificate and --ca: say one of them");
            }

            if (!IPAddress.IsLoopback(ip) && cluster is null or { Kind: MembershipKind.FirstNode })
            {
                throw new UsageException($"--address '{ip}': beyond this machine a cluster's nodes are found through --join redis://HOST:PORT or postgres://USER@HOST/DATABASE");
            }

            var own = new IPEndPoint(ip, PortOf(ip, parsed.GetValue(port), cluster is null));
            var settings = new NodeSettings(own, cluster ?? new ClusterAddress(MembershipKind.FirstNode, ip.ToString(), own.Port), security);
            return await RunAsync(settings, page, arguments.Log(parsed), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(NodeSettings settings, IPEndPoint? http, Action<string>? log, CancellationToken cancellationToken)
    {
        ClusterNode node = await ClusterNode.StartAsync(settings, new NodeWork(), log, cancellationToken).ConfigureAwait(false);
        await using (node.ConfigureAwait(false))
        {
            NodePage? page = http is null ? null : await NodePage.StartAsync(node, http, cancellationToken).ConfigureAwait(false);
            Console.Error.WriteLine($"listening on {settings.Address}, commands on {settings.Address.Port + ClusterAddress.GatewayOffset}: a node of {settings.Cluster}; {settings.Security.Name}{(page is null ? "" : $"; {page.Url}")}");
            var stopped = new TaskCompletionSource();
            using CancellationTokenRegistration stop = cancellationToken.Register(stopped.SetResult);
            try
            {
                await (await Task.WhenAny(stopped.Task, node.Failed).ConfigureAwait(false)).ConfigureAwait(false);
            }
            finally
            {
                if (page is not null)
                {
                    await page.DisposeAsync().ConfigureAwait(false);
                }
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return ExitCode.Done;
    }

    // Two ports that nobody has; of a first node only those that others will be told.
    private static int PortOf(IPAddress address, int? asked, bool isFirst)
    {
        int port = asked ?? ClusterAddress.DefaultPort;
        if (AreFree(address, port))
        {
            return port;
        }

        if (asked is not null || isFirst || !IPAddress.IsLoopback(address))
        {
            throw new IOException($"{new IPEndPoint(address, port)}: is taken, or the port behind it{(isFirst && asked is null ? $"; to join the node there: nlab node --join {new IPEndPoint(address, port)}" : "")}");
        }

        // Below those that systems hand out by themselves, as for the default.
        return Enumerable.Range(1, 1000).Select(i => port + (2 * i)).First(p => AreFree(address, p));
    }

    private static bool AreFree(IPAddress address, int port) => IsFree(address, port) && IsFree(address, port + ClusterAddress.GatewayOffset);

    private static bool IsFree(IPAddress address, int port)
    {
        using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
        catch (SocketException error)
        {
            throw new UsageException($"--address '{address}': {(error.SocketErrorCode == SocketError.AddressNotAvailable ? "is not this machine's" : error.Message)}");
        }
    }
}
