using System.Diagnostics;
using CsCheck;
using NetLab.Tcp.Simulation.Drill;

namespace NetLab.Tcp.Tests.Simulation.Drill;

/// <summary>Scripts that were made to break who reads them: each is an answer, in bounded time and memory.</summary>
public sealed class HostileScriptTests
{
    private static readonly string[] Seeds = [.. RegressionScriptTests.Files.Select(File.ReadAllText)];

    private static readonly string[] Words =
    [
        "(", ")", "[", "]", "{", "}", "<", ">", "...", "`", "%{", "}%", "\"", "/*", "//", "--", "+", "~", "*", "4294967295", "-1", "0x", "99999999999999999999", ".", ",", "=",
        "\n", "\0", "é", "S", "F.", "R", "sack 1:2 3:4 5:6 7:8 9:10", "TS val 1 ecr 1", "wscale 255", "mss 0", "close(4) = 0\n", "write(4, ..., 1000000000) = ...\n", "accept(3, ..., ...) = 4\n",
        "read(4, ..., 1000000000) = ...\n", "+1000000 %{ assert 1 }%\n", "listen(3, 1) = 0\n", "shutdown(4, SHUT_RDWR) = 0\n", "assert", "tcpi_snd_cwnd", "9**9", "not", "if", "else",
    ];

    [Fact]
    public void Mutated_scripts_are_answered()
    {
        Gen<(int Seed, (int At, int Cut, int Word)[] Changes)> mutations = Gen.Select(
            Gen.Int[0, Seeds.Length - 1], Gen.Select(Gen.Int[0, 5000], Gen.Int[0, 40], Gen.Int[0, Words.Length - 1]).Array[1, 6]);
        mutations.Sample(
            mutation =>
            {
                string script = mutation.Changes.Aggregate(Seeds[mutation.Seed], (text, change) =>
                {
                    int at = Math.Min(change.At % (text.Length + 1), text.Length);
                    return text[..at] + Words[change.Word] + text[Math.Min(text.Length, at + change.Cut)..];
                });

                DrillResult result = DrillScript.Run(script);

                Assert.True(Enum.IsDefined(result.Outcome));
                Assert.DoesNotContain('\n', result.Message);
                Assert.InRange(result.Message.Length, 0, 300);
                Assert.Equal(result.Outcome == DrillOutcome.Passes, result.Message.Length == 0);
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData("(", "f(")]
    [InlineData("[", "f(")]
    [InlineData("{a=", "f(")]
    [InlineData("(", "%{ assert ")]
    [InlineData("-", "%{ assert ")]
    [InlineData("2**", "%{ assert ")]
    public void Nesting_is_bounded(string part, string before)
    {
        DrillResult result = DrillScript.Run(before + string.Concat(Enumerable.Repeat(part, 100_000)) + "1 }%");

        Assert.Equal(DrillOutcome.CannotExpress, result.Outcome);
        Assert.Contains("more than", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1+", DrillOutcome.Passes)]
    [InlineData("1 and ", DrillOutcome.Passes)]
    [InlineData("not not ", DrillOutcome.Passes)]
    [InlineData("0 or ", DrillOutcome.Passes)]
    [InlineData("2 < ", DrillOutcome.Differs)]
    public void What_is_long_and_not_nested_is_worked_out(string part, DrillOutcome outcome) =>
        Assert.Equal(outcome, DrillScript.Run("%{ assert " + string.Concat(Enumerable.Repeat(part, 1400)) + "1 }%").Outcome);

    [Theory]
    [InlineData("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 setsockopt(3, SOL_SOCKET, SO_SNDBUF, [1073741824], 4) = 0\n+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n+0 < S 0:0(0) win 65535 <mss 88,wscale 14>\n+0 > S. 0:0(0) ack 1 <mss 88,wscale 14>\n+0 < . 1:1(0) ack 1 win 65535\n+0 accept(3, ..., ...) = 4\n+0 write(4, ..., 1000000000) = 1000000000\n+0 < . 1:1(0) ack 1 win 65535\n9999999 %{ assert 1 }%\n")]
    [InlineData("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 setsockopt(3, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0\n+0 setsockopt(3, SOL_TCP, TCP_KEEPIDLE, [1], 4) = 0\n+0 setsockopt(3, SOL_TCP, TCP_KEEPINTVL, [0], 4) = 0\n+0 setsockopt(3, SOL_TCP, TCP_KEEPCNT, [2147483647], 4) = 0\n+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n+0 < S 0:0(0) win 65535 <mss 88>\n+0 > S. 0:0(0) ack 1 <mss 88>\n+0 < . 1:1(0) ack 1 win 65535\n9999999 %{ assert 1 }%\n")]
    public void What_a_run_may_cost_is_bounded(string script)
    {
        long started = Stopwatch.GetTimestamp();

        DrillScript.Run(script);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("")]
    [InlineData("// only a comment")]
    [InlineData("--ip_version=ipv4\n")]
    public void A_script_without_events_is_none(string script) =>
        Assert.Equal(DrillOutcome.CannotExpress, DrillScript.Run(script).Outcome);

    [Fact]
    public void A_script_that_is_too_long_is_refused()
    {
        DrillResult result = DrillScript.Run(new string(' ', DrillScript.MaxSize + 1));

        Assert.Equal(DrillOutcome.CannotExpress, result.Outcome);
    }
}
