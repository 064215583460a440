using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NetLab.Host.Http;
using NetLab.Host.Live;
using NetLab.Host.Measurement;
using NetLab.Host.Measurement.Saved;
using NetLab.Host.Page;
using NetLab.Host.Recording;
using NetLab.Host.Rendering;
using NetLab.Host.Services;
using NetLab.Host.Settings;
using NetLab.Osi.Decoding;
using NetLab.Udp.Links;

namespace NetLab.Host.Commands;

/// <summary><c>nlab serve</c>: the hosted services of the configuration, until Ctrl-C.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var config = new Option<string>("--config") { Description = "The configuration; nlab's own appsettings.json if not given", HelpName = "FILE", DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "appsettings.json") };
        var set = new Option<string[]>("--set") { Description = "One setting, such as Lab:Services:0:Address=tcp://127.0.0.1:7007", HelpName = "KEY=VALUE" };
        var command = new Command("serve", "Run the hosted services: echo, discard and source over tcp and udp, http over tcp and kernel-tcp, dns, forwards, balancers and link relays") { config, set };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var runs = new LabRuns();
            await using var captures = new OpenCaptures(BuiltInProtocols.Registry);
            Func<string[], PerfComparison> readRun = words => PerfArguments.ComparisonOf(words, mayNameFiles: false);

            // As the lab's own resources: no token, for whoever may ask those may do more than look.
            await using var live = new LiveSessions();
            var page = new PageApi(new PageGuard(null), captures, runs, live, readRun);
            var factories = new ServiceFactories([.. ServiceFactories.Standard, new HttpServiceFactory(runs, readRun, routes => page.Map(routes.MapGroup("/ui")))]);
            LabOptions options = LabHost.ReadOptions(parsed.GetRequiredValue(config), parsed.GetValue(set) ?? [], factories);
            if (options.RunFolder is { } folder)
            {
                runs.KeepIn(new RunFolder(Path.GetFullPath(folder)));
            }

            return await ServeAsync(options, factories, recorded.From(parsed), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> ServeAsync(LabOptions options, ServiceFactories factories, RecordingOptions recording, CancellationToken cancellationToken)
    {
        using LabRecorder? recorder = recording.Open();
        using IHost host = LabHost.Build(options, factories, recorder, (name, address) => Console.WriteLine($"{name,-8} {address}"));
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RemoteAddressException error)
        {
            // No option of serve allows it.
            throw error.OfConfiguration;
        }

        IHostApplicationLifetime lifetime = (IHostApplicationLifetime)host.Services.GetService(typeof(IHostApplicationLifetime))!;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        await Task.Delay(Timeout.Infinite, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        LabServices services = host.Services.GetRequiredService<LabServices>();
        foreach ((string name, LinkRelay relay) in services.Relays)
        {
            Console.WriteLine(name);
            Terminal.Out.Write(new LinkTable(relay).DrawTotal(Terminal.Out.Profile.Width));
        }

        if (MemoryRefusals(services) is { } refused)
        {
            await Console.Error.WriteLineAsync(refused).ConfigureAwait(false);
        }

        await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        if (services.Failure is { } failure)
        {
            throw new IOException($"a service failed: {failure}");
        }

        await Console.Error.WriteLineAsync("stopped").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static string? MemoryRefusals(LabServices services)
    {
        ServiceCount[] counts = [.. services.All.SelectMany(s => s.Running?.Counts ?? [])];
        long Sum(string name) => counts.Where(c => c.Name == name).Sum(c => c.Value);
        (long segments, long connections, long letGo) = (Sum("memory_refused_segments"), Sum("memory_refused_connections"), Sum("connections_let_go"));
        return segments + connections + letGo == 0
            ? null
            : $"memory: {Units.Bytes(services.Memory.Peak)} of {Units.Bytes(services.Memory.Limit)} at most; refused {Units.Count(segments)} segments and {Units.Count(connections)} connections, let {Units.Count(letGo)} idle ones go";
    }
}
