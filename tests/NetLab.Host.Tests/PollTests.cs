using System.CommandLine;
using System.Text.Json;
using NetLab.Host.Commands;
using NetLab.Host.Measurement;
using NetLab.Host.Settings;

namespace NetLab.Host.Tests;

/// <summary><c>nlab perf --poll on|off</c>: one word for both transports and both halves; what is wrong about it stands among the wrong command lines.</summary>
public sealed class PollTests
{
    [Theory]
    [InlineData("on", true)]
    [InlineData("off", false)]
    [InlineData(null, true)]
    public void It_holds_for_every_transport_and_reaches_both_processes(string? word, bool polls)
    {
        string[] option = word is null ? [] : ["--poll", word];
        PerfComparison comparison = PerfArguments.ComparisonOf(["--transport", "tcp,kernel-tcp", .. option]);
        PerfSettings[] plans = [.. comparison.Plans];
        Assert.Equal(["tcp", "kernel-tcp"], plans.Select(p => new LabAddress(p.Transport, "127.0.0.1", 1).ToString().Split(':')[0]));
        foreach (PerfSettings plan in plans)
        {
            Assert.Equal(polls, plan.Polls);
            IReadOnlyList<string> receiver = PerfPair.ReceiverWords(plan, PerfPlace.Loopback);
            Assert.Equal(["--poll", polls ? "on" : "off"], receiver.SkipWhile(w => w != "--poll"));

            // The sender reads what it is to do as its own command reads it.
            var to = new LabAddress(plan.Transport, "127.0.0.1", 9);
            var command = new Command("perf");
            PerfArguments arguments = PerfArguments.AddTo(command);
            ParseResult parsed = command.Parse([.. PerfPair.SenderWords(plan, to).Skip(1)]);
            Assert.Empty(parsed.Errors);
            PerfSettings read = arguments.Plan(parsed, to);
            Assert.Equal((polls, plan.Transport), (read.Polls, read.Transport));
        }
    }

    [Fact]
    public async Task Both_halves_measure_with_it_and_without()
    {
        foreach (string word in (string[])["on", "off"])
        {
            Nlab.Ended ended = await Nlab.Run("perf", "--transport", "tcp,kernel-tcp", "--time", "200ms", "--warm-up", "0ms", "--poll", word, "--json");
            Assert.True(ended.ExitCode == 0, ended.Errors);
            using JsonDocument document = JsonDocument.Parse(ended.Output);
            JsonElement[] runs = [.. document.RootElement.GetProperty("runs").EnumerateArray()];
            Assert.Equal(["tcp", "kernel-tcp"], runs.Select(r => r.GetProperty("transport").GetString()));
            Assert.All(runs, run => Assert.True(run.GetProperty("end").GetProperty("intact").GetBoolean() && run.GetProperty("end").GetProperty("sum_received").GetProperty("bytes").GetInt64() > 0));
        }
    }
}
