using System.CommandLine;
using NetLab.Host.Recording;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Commands;

/// <summary><c>nlab listen URL</c>: waits for one peer; stdin to it, it to stdout.</summary>
internal static class ListenCommand
{
    public static Command Create()
    {
        var url = new Argument<string>("URL") { Description = "Where to listen: tcp://, udp://, kernel-tcp://, kernel-udp://, tun-tcp:// or raw-tcp://HOST:PORT" };
        var keepOpen = new Option<bool>("--keep-open", "-k") { Description = "After a peer wait for the next one, until Ctrl-C; what they send goes to standard output in turn" };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Say who connects" };
        Option<string> timeout = CommonOptions.Timeout("30s");
        Option<string?> congestion = CommonOptions.Congestion();
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("listen", "Wait for one peer: standard input to it, it to standard output; end of input half-closes")
        {
            url, keepOpen, verbose, timeout, congestion, allowRemote,
        };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LabAddress address = LabAddress.Parse(parsed.GetRequiredValue(url));
            CommonOptions.CheckCongestion(parsed.GetValue(congestion), address);
            TimeSpan silence = DurationText.Parse(parsed.GetRequiredValue(timeout), "--timeout");
            if (parsed.GetValue(keepOpen) && !address.IsStream)
            {
                throw new UsageException($"--keep-open: '{address}' has no connections that end");
            }

            using LabRecorder? recorder = recorded.From(parsed).For(address).Open();
            var options = new StreamOptions(silence, parsed.GetValue(allowRemote), recorder) { Place = "server", Congestion = CongestionNames.Parse(parsed.GetValue(congestion)) };
            if (!address.IsStream)
            {
                return await DatagramConversation.ListenAsync(address, options, cancellationToken).ConfigureAwait(false);
            }

            StreamListener listener = StreamListener.Bind(address, options);
            await using (listener.ConfigureAwait(false))
            {
                await Console.Error.WriteLineAsync($"listening on {listener.Address}").ConfigureAwait(false);
                while (true)
                {
                    LabStream stream = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
                    if (parsed.GetValue(verbose))
                    {
                        await Console.Error.WriteLineAsync($"{stream.RemoteEndPoint} connected").ConfigureAwait(false);
                    }

                    if (!parsed.GetValue(keepOpen))
                    {
                        return await StreamConversation.RunAsync(stream, cancellationToken).ConfigureAwait(false);
                    }

                    await ServeAsync(stream, cancellationToken).ConfigureAwait(false);
                }
            }
        });
        return command;
    }

    // Standard input is one and the peers are many: they are listened to, and not answered.
    private static async Task ServeAsync(LabStream stream, CancellationToken cancellationToken)
    {
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                Stream output = StandardOutput.Open();
                await using (output.ConfigureAwait(false))
                {
                    await stream.Input.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (IOException error)
            {
                stream.Abort();
                await Console.Error.WriteLineAsync($"nlab: {stream.RemoteEndPoint}: {error.Message}").ConfigureAwait(false);
            }
        }
    }
}
