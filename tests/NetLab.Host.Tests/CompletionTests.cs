using System.Diagnostics;
using NetLab.Host.Commands;

namespace NetLab.Host.Tests;

/// <summary>What shells are told to complete: verbs, options, their values, fields, keys of a link, services.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("nlab de", "decode")]
    [InlineData("nlab perf --tr", "--transport")]
    [InlineData("nlab perf --transport ", "kernel-tcp")]
    [InlineData("nlab perf --transport tcp,ud", "tcp,udp")]
    [InlineData("nlab perf --congestion cubic,", "cubic,bbr")]
    [InlineData("nlab perf --poll o", "off")]
    [InlineData("nlab link udp://127.0.0.1:1 udp://127.0.0.1:2 --link del", "delay=")]
    [InlineData("nlab link udp://127.0.0.1:1 udp://127.0.0.1:2 --link delay=1ms,lo", "delay=1ms,loss=")]
    [InlineData("nlab link udp://127.0.0.1:1 udp://127.0.0.1:2 --link rate=1M,aqm=fq", "rate=1M,aqm=fq_codel")]
    [InlineData("nlab link udp://127.0.0.1:1 udp://127.0.0.1:2 --link up.lo", "up.loss=")]
    [InlineData("nlab demo --link sat", "satellite")]
    [InlineData("nlab decode x --filter tcp.fla", "tcp.flags")]
    [InlineData("nlab decode x --columns ip.src,dns.qry.na", "ip.src,dns.qry.name")]
    [InlineData("nlab fields dns.qry.", "dns.qry.name")]
    [InlineData("nlab lab lost", "lost-syn-ack")]
    [InlineData("nlab plot x --kind th", "throughput")]
    [InlineData("nlab hunt --answer one", "one-way")]
    [InlineData("nlab follow x 0 --as h", "hex")]
    [InlineData("nlab http G", "GET")]
    [InlineData("nlab http GET kernel-tcp://127.0.0.1:7080/services/ec", "kernel-tcp://127.0.0.1:7080/services/echo-tcp")]
    [InlineData("nlab connect tcp://127.0.0.1:70", "tcp://127.0.0.1:7007")]
    [InlineData("nlab serve --set Lab:Services:0:Kind=ec", "Lab:Services:0:Kind=echo")]
    [InlineData("nlab completion z", "zsh")]
    public async Task Is_among_what_is_offered(string line, string expected)
    {
        Nlab.Ended ended = await Nlab.Run($"[suggest:{line.Length}]", line);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Contains(expected, ended.Output.Split('\n').Select(word => word.Trim()));
    }

    [UnixTheory]
    [InlineData("nlab connect tcp://127.0.0.1:700", "700", "7007 7009 ")]
    [InlineData("nlab demo --link delay=1ms,lo", "1ms,lo", "1ms,loss= ")]
    [InlineData("nlab perf --poll o", "o", "on off ")]
    [InlineData("nlab connect kernel-tcp:", ":", "//127.0.0.1:7080 //127.0.0.1: ")]
    public async Task Bash_gets_what_replaces_its_own_word(string line, string piece, string replies)
    {
        string script = (await Nlab.Run("completion", "bash")).Output;
        string nlab = Path.Combine(AppContext.BaseDirectory, "nlab.dll");
        string[] steps =
        [
            $"nlab() (dotnet '{nlab}' \"$@\")", script, $"COMP_LINE='{line}' COMP_POINT={line.Length} COMP_WORDS=('{piece}') COMP_CWORD=0", "_nlab",
            "printf '%s ' \"${COMPREPLY[@]}\"",
        ];
        using Process bash = Process.Start(new ProcessStartInfo("bash", ["-c", string.Join('\n', steps)]) { RedirectStandardOutput = true })!;
        string got = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        Assert.Equal(replies.Split(' ').Order(), got.Split(' ').Order());
    }

    [Theory]
    [InlineData("perf", "What is written:")]
    [InlineData("decode", "Which packets:")]
    [InlineData("forward", "Recordings:")]
    public async Task Options_of_a_verb_that_has_many_are_in_groups(string verb, string heading)
    {
        string help = (await Nlab.Run(verb, "--help")).Output;
        string[] lines = help.Split('\n');
        Assert.Contains(heading, lines);
        foreach (System.CommandLine.Option option in CommandLine.WithAllVerbs().Subcommands.Single(c => c.Name == verb).Options.Where(o => !o.Hidden))
        {
            Assert.Single(lines, line => line.StartsWith("  -", StringComparison.Ordinal) && line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[0].Split([' ', ',']).Contains(option.Name));
        }
    }

    [Fact]
    public async Task A_verb_below_another_has_only_its_own_arguments()
    {
        string help = (await Nlab.Run("perf", "server", "--help")).Output;
        Assert.Contains("  nlab perf server <URL> [options]", help, StringComparison.Ordinal);
        Assert.Single(help.Split('\n'), line => line.StartsWith("  <URL>", StringComparison.Ordinal));
        Assert.Contains("nlab perf server kernel-tcp://127.0.0.1:9000 --once", help, StringComparison.Ordinal);
    }
}
