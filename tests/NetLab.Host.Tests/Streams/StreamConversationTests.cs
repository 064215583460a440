using System.Diagnostics;

namespace NetLab.Host.Tests.Streams;

/// <summary>What two ends say to each other when one of them has finished.</summary>
public sealed class StreamConversationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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
}
