using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using NetLab.Host.Captures;
using NetLab.Host.Live;
using NetLab.Host.Measurement;
using NetLab.Host.Page;
using NetLab.Host.Settings;
using NetLab.Osi.Decoding;

namespace NetLab.Host.Commands;

/// <summary><c>nlab ui</c>: the page in the browser, until Ctrl-C.</summary>
internal static class UiCommand
{
    private const int MaxPort = 65_535;

    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(300);

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Captures to open: pcap or pcapng, plain or compressed; - is standard input, live", Arity = ArgumentArity.ZeroOrMore };
        var port = new Option<int>("--port") { Description = "The port on 127.0.0.1; 0 for one that is free", HelpName = "N" };
        var noOpen = new Option<bool>("--no-open") { Description = "Open no browser" };
        var noToken = new Option<bool>("--no-token") { Description = "Ask for no token: every program of this machine, whoever runs it, may then look" };
        var keyLog = new Option<string?>("--keylog") { Description = "Decrypt TLS with the secrets of this file (NSS Key Log Format)", HelpName = "FILE" };
        var follow = new Option<bool>("--follow") { Description = "Read the files on while another program writes them, as tail -f does: nlab capture -w FILE, tcpdump -U -w FILE" };
        var command = new Command("ui", "The page in the browser: captures, experiments, measurements and the live lab") { files, port, noOpen, noToken, keyLog, follow };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(port) is < 0 or > MaxPort)
            {
                throw new UsageException($"--port {parsed.GetValue(port)}: a port is 0 to {MaxPort}");
            }

            string[] paths = parsed.GetValue(files) ?? [];
            if (Array.Find(paths, p => p != "-" && !File.Exists(p)) is { } missing)
            {
                throw new UsageException(Directory.Exists(missing) ? $"'{missing}': is a folder" : $"'{missing}': no such file");
            }

            if (paths.Count(p => p == "-") > 1)
            {
                throw new UsageException("'-': standard input can be read once");
            }

            if (parsed.GetValue(keyLog) is { } secrets && !File.Exists(secrets))
            {
                throw new UsageException($"--keylog '{secrets}': {(Directory.Exists(secrets) ? "is a folder" : "no such file")}");
            }

            if (parsed.GetValue(follow) && !Array.Exists(paths, p => p != "-"))
            {
                throw new UsageException("--follow: reads a file on, and none is named");
            }

            await using var captures = new OpenCaptures(BuiltInProtocols.Registry);
            foreach (string path in paths)
            {
                var input = new CaptureInput(path, captures.Protocols, parsed.GetValue(keyLog), null) { Grows = path != "-" && parsed.GetValue(follow) };
                string name = path == "-" ? "standard input" : Path.GetFileName(path);
                if (input.IsPipe || input.Grows)
                {
                    await OpenLaterAsync(captures, name, input).ConfigureAwait(false);
                }
                else
                {
                    captures.Open(name, input);
                }
            }

            await using var runs = new LabRuns();
            await using var live = new LiveSessions();
            string? token = parsed.GetValue(noToken) ? null : PageGuard.NewToken();
            await using PageServer server = await PageServer.StartAsync(
                parsed.GetValue(port), new PageApi(new PageGuard(token), captures, runs, live, words => PerfArguments.ComparisonOf(words, mayNameFiles: false)).Map, cancellationToken).ConfigureAwait(false);

            // Behind the #: it is sent to nobody, and stands in no log of a server.
            string address = token is null ? server.Address.ToString() : $"{server.Address}#token={token}";
            Console.WriteLine(address);
            if (!parsed.GetValue(noOpen))
            {
                OpenBrowser(address);
            }

            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Console.Error.WriteLineAsync("stopped").ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }

    // What is no capture is mostly known at once, and ends the command; what comes later is said where the packets would be.
    private static async Task OpenLaterAsync(OpenCaptures captures, string name, CaptureInput input)
    {
        Task<string?> opening = captures.OpenLater(name, input);
        await Task.WhenAny(opening, Task.Delay(FirstLook)).ConfigureAwait(false);
        if (opening.IsCompleted)
        {
            if (await opening.ConfigureAwait(false) is { } wrong)
            {
                throw new UsageException(wrong);
            }

            return;
        }

        _ = TellAsync();

        async Task TellAsync()
        {
            if (await opening.ConfigureAwait(false) is { } wrong)
            {
                await Console.Error.WriteLineAsync($"nlab: {wrong}").ConfigureAwait(false);
            }
        }
    }

    // Where there is no browser, the address that was printed is all that is needed.
    private static void OpenBrowser(string address)
    {
        bool hasScreen = !OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 } || Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is { Length: > 0 };
        if (!hasScreen)
        {
            return;
        }

        try
        {
            string opener = OperatingSystem.IsWindows() ? address : OperatingSystem.IsMacOS() ? "open" : "xdg-open";
            using Process? _ = Process.Start(new ProcessStartInfo(opener, OperatingSystem.IsWindows() ? [] : [address])
            {
                UseShellExecute = OperatingSystem.IsWindows(),
                RedirectStandardError = !OperatingSystem.IsWindows(),
                RedirectStandardOutput = !OperatingSystem.IsWindows(),
            });
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
            Console.Error.WriteLine($"nlab: no browser could be opened: {error.Message}");
        }
    }
}
