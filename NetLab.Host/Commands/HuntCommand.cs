using System.CommandLine;
using System.Globalization;
using NetLab.Host.Experiments.Hunts;
using NetLab.Host.Experiments.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab hunt</c>: a capture with a hidden fault, to be found.</summary>
internal static class HuntCommand
{
    public static Command Create()
    {
        var seed = new Option<ulong?>("--seed") { Description = "Which hunt; without one, a new one each time", HelpName = "N" };
        var answer = new Option<string?>("--answer") { Description = $"What you think it is: {string.Join(", ", HiddenFault.All.Select(f => f.Name))}", HelpName = "KIND" };
        var output = new Option<string?>("-o", "--out") { Description = "Where the capture goes; without it, hunt-N.pcapng here", HelpName = "FILE" };
        var command = new Command("hunt", "A fault hunt: a capture of a conversation with one hidden fault, and the user's complaint") { seed, answer, output };
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(answer) is { } kind)
            {
                IdleOptions.Refuse(parsed, "--answer judges, and makes no capture", answer, seed);
                if (HiddenFault.All.All(f => f.Name != kind))
                {
                    throw new UsageException($"--answer {kind}: it is one of {string.Join(", ", HiddenFault.All.Select(f => f.Name))}");
                }

                ulong number = parsed.GetValue(seed) ?? throw new UsageException("--answer needs --seed N, the number of the hunt that it answers");
                return Task.FromResult(Judge(number, kind));
            }

            OutputPath.Check(parsed.GetValue(output), "--out");

            // Few digits: a person types it again with the answer.
            ulong chosen = parsed.GetValue(seed) ?? (ulong)Random.Shared.Next(1, 100_000);
            string file = parsed.GetValue(output) ?? string.Create(CultureInfo.InvariantCulture, $"hunt-{chosen}.pcapng");
            return Task.Run(() => Start(chosen, file, cancellationToken), cancellationToken);
        });
        return command;
    }

    private static int Start(ulong seed, string file, CancellationToken cancellationToken)
    {
        HiddenFault fault = HiddenFault.Of(seed);
        using (OutputFile capture = OutputFile.Open("--out", file))
        {
            FaultHunt.Record(fault, seed, capture, cancellationToken);
        }

        Print($"Hunt {seed}. The user says: \"{fault.Complaint}\"");
        Print($"The conversation, as the client saw it, is in {file}: six small requests, then 150,000 bytes up and 300,000 down, then both close. The path's round trip should be 40 ms, its rate 50 Mbit/s.");
        Console.Out.WriteLine($"look:   nlab flow {file}    nlab stats {file}    nlab decode {file} --summary");
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"answer: nlab hunt --seed {seed} --answer KIND    ({string.Join(", ", HiddenFault.All.Take(3).Select(f => f.Name))}, …: nlab hunt --help)"));
        return ExitCode.Done;
    }

    private static int Judge(ulong seed, string kind)
    {
        HiddenFault fault = HiddenFault.Of(seed);
        bool right = fault.Name == kind;
        Print(right ? $"Right: {fault.Name}." : $"No, it is not {kind}.");
        Print(right ? fault.Explanation : "Look again: which direction, at what times, and is anything lost at all?");
        if (right)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"there:  nlab decode hunt-{seed}.pcapng --summary --filter '{fault.Filter}'"));
            Console.Out.WriteLine($"link:   {fault.Link}");
        }

        return right ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Print(string text)
    {
        foreach (string line in ExperimentText.Wrap(text))
        {
            Console.Out.WriteLine(line);
        }
    }
}
