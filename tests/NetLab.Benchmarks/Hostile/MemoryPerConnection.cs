using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using NetLab.Tcp.Transport;

namespace NetLab.Benchmarks.Hostile;

/// <summary>
/// <c>hostile-memory [CONNECTIONS]</c>: what a connection of each kind of attack takes of the managed heap, beside what the budget counts for it:
/// the two must not be far apart, or a limit that is kept does not keep the process.
/// </summary>
internal static class MemoryPerConnection
{
    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        int count = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 2000;
        Console.WriteLine($"{"",-44} {"heap",10} {"counted",10}   bytes a connection, of {count}");
        foreach ((string what, int kind, Func<IDuplexPipe, Task> serve) in ((string, int, Func<IDuplexPipe, Task>)[])
            [("nothing is sent", 2, TakeAsync), ("63 single bytes out of order", 0, TakeAsync), ("an echo whose answer is not taken", 1, EchoAsync), ("a source of which nothing is taken", 2, FillAsync)])
        {
            await MeasureAsync(what, kind, count, serve).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task MeasureAsync(string what, int kind, int count, Func<IDuplexPipe, Task> serve)
    {
        await using TcpEndpoint endpoint = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0), new TcpEndpointOptions { MemoryLimit = 256 << 20 });
        TcpConnectionListener listener = endpoint.Listen(count);
        List<TcpConnection> accepted = [];
        Task accepting = Task.Run(async () =>
        {
            while (await listener.AcceptAsync().ConfigureAwait(false) is { } connection)
            {
                accepted.Add(connection);
                _ = serve(connection.Transport);
            }
        });

        // Once before, so that what is made once is not counted.
        new HostilePeers([endpoint.LocalEndPoint], kind).Open(10, CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
        (long heap, long counted, int before) = (GC.GetTotalMemory(forceFullCollection: true), endpoint.Memory.Used, accepted.Count);
        new HostilePeers([endpoint.LocalEndPoint], kind).Open(count, CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
        int more = Math.Max(1, accepted.Count - before);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what,-44} {(GC.GetTotalMemory(forceFullCollection: true) - heap) / more,10} {(endpoint.Memory.Used - counted) / more,10}   ({more} accepted)"));
        await listener.DisposeAsync().ConfigureAwait(false);
        await accepting.ConfigureAwait(false);
        accepted.ForEach(c => c.Abort());
    }

    private static async Task TakeAsync(IDuplexPipe pipe)
    {
        try
        {
            while (await pipe.Input.ReadAsync().ConfigureAwait(false) is { IsCompleted: false } read)
            {
                pipe.Input.AdvanceTo(read.Buffer.End);
            }
        }
        catch (IOException)
        {
            // The end of the measurement.
        }
    }

    private static async Task EchoAsync(IDuplexPipe pipe)
    {
        try
        {
            await pipe.Input.CopyToAsync(pipe.Output).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The end of the measurement.
        }
    }

    private static async Task FillAsync(IDuplexPipe pipe)
    {
        byte[] piece = new byte[7000];
        while (!(await pipe.Output.WriteAsync(piece).ConfigureAwait(false)).IsCompleted)
        {
        }
    }
}
