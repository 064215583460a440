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
        var url = new Argument<string>("URL") { Description = "Where to listen: tcp://, udp://, kernel-tcp:// or kernel-udp://HOST:PORT" };
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("listen", "Wait for one peer: standard input to it, it to standard output; end of input half-closes")
        {
            url, allowRemote,
        };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LabAddress address = LabAddress.Parse(parsed.GetRequiredValue(url));
            using LabRecorder? recorder = recorded.From(parsed).For(address).Open();
            var options = new StreamOptions(null, parsed.GetValue(allowRemote), recorder) { Place = "server" };
            if (!address.IsStream)
            {
                return await DatagramConversation.ListenAsync(address, options, cancellationToken).ConfigureAwait(false);
            }

            StreamListener listener = StreamListener.Bind(address, options);
            await using (listener.ConfigureAwait(false))
            {
                await Console.Error.WriteLineAsync($"listening on {listener.Address}").ConfigureAwait(false);
                LabStream stream = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
                return await StreamConversation.RunAsync(stream, cancellationToken).ConfigureAwait(false);
            }
        });
        return command;
    }
}
