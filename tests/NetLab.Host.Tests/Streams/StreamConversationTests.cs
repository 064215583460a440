using System.Diagnostics;
using System.Net;
using NetLab.Tcp.Transport;
using NetLab.Udp.Links;

namespace NetLab.Host.Tests.Streams;

/// <summary>What two ends say to each other when one of them has finished.</summary>
public sealed class StreamConversationTests
{
    [UnixTheory]
    [InlineData("tcp")]
    [InlineData("kernel-tcp")]
    public async Task What_a_program_says_late_is_still_sent_after_the_peer_has_finished(string transport)
    {
        using Process listen = Shell.Start($"{Shell.Nlab} listen {transport}://127.0.0.1:0 < /dev/null | wc -c");
        string listening = await listen.StandardError.ReadLineAsync().WaitAsync(Patience) ?? "";
        using Process connect = Shell.Start($"(head -c 1000 /dev/zero; sleep 2; head -c 1000 /dev/zero) | {Shell.Nlab} connect {listening.Split(' ')[^1]}");
        string errors = await connect.StandardError.ReadToEndAsync().WaitAsync(Patience);
        string received = await listen.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await connect.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(("", 0, "2000"), (errors, connect.ExitCode, received.Trim()));
    }

    [Fact]
    public async Task What_was_said_last_is_sent_through_an_outage()
    {
        await using TcpEndpoint server = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using TcpConnectionListener listener = server.Listen();
        using LinkRelay relay = RelayTo(server);
        using Nlab connect = Nlab.Start(null, "connect", $"tcp://{relay.LocalEndPoint}");
        await using TcpConnection connection = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;

        // From now on nothing of what the command says arrives, and the server has no more to say.
        relay.Change(Link("up.loss=100%"));
        await connection.Transport.Output.CompleteAsync();
        await connect.Input.WriteAsync(new string('a', 5000));
        connect.Input.Close();

        // Longer than an endpoint goes on by itself when its user has left.
        await Task.Delay(TimeSpan.FromSeconds(7));
        relay.Change(Link(""));
        long received = 0;
        while (await connection.Transport.Input.ReadAsync().AsTask().WaitAsync(Patience) is var read && (read.Buffer.Length > 0 || !read.IsCompleted))
        {
            received += read.Buffer.Length;
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }

        Nlab.Ended ended = await connect.End();
        Assert.Equal((0, 5000L, ""), (ended.ExitCode, received, ended.Errors));
    }

    [Fact]
    public async Task What_never_arrives_is_an_error()
    {
        await using TcpEndpoint server = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using TcpConnectionListener listener = server.Listen();
        using LinkRelay relay = RelayTo(server);
        using Nlab connect = Nlab.Start(null, "connect", $"tcp://{relay.LocalEndPoint}", "--timeout", "3s");
        await using TcpConnection connection = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;
        relay.Change(Link("up.loss=100%"));
        await connection.Transport.Output.CompleteAsync();
        await connect.Input.WriteAsync("never");
        connect.Input.Close();
        Nlab.Ended ended = await connect.End();
        Assert.Equal(1, ended.ExitCode);
        Assert.StartsWith("nlab: ", ended.Errors, StringComparison.Ordinal);
    }

    private static LinkRelay RelayTo(TcpEndpoint server)
    {
        var relay = new LinkRelay(new LinkRelayOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Target = server.LocalEndPoint, Link = new LinkDescription() });
        relay.Start();
        return relay;
    }

    private static LinkDescription Link(string text)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription link, out string? error), error);
        return link;
    }
}
