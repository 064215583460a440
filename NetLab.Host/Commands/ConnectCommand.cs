using System.CommandLine;
using NetLab.Host.Recording;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Commands;

/// <summary><c>nlab connect URL</c>: stdin to the peer, the peer to stdout.</summary>
internal static class ConnectCommand
{
    public static Command Create()
    {
        var url = new Argument<string>("URL") { Description = "Where to: tcp://, udp://, kernel-tcp://, kernel-udp://, tun-tcp:// or raw-tcp://HOST:PORT" };
        Option<string> timeout = CommonOptions.Timeout("30s");
        Option<string?> congestion = CommonOptions.Congestion();
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("connect", "Standard input to the peer, the peer to standard output; end of input half-closes")
        {
            url, timeout, congestion, allowRemote,
        };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LabAddress address = LabAddress.Parse(parsed.GetRequiredValue(url));
            CommonOptions.CheckCongestion(parsed.GetValue(congestion), address);
            TimeSpan silence = DurationText.Parse(parsed.GetRequiredValue(timeout), "--timeout");
            using LabRecorder? recorder = recorded.From(parsed).For(address).Open();
            var options = new StreamOptions(silence, parsed.GetValue(allowRemote), recorder) { Place = "client", Congestion = CongestionNames.Parse(parsed.GetValue(congestion)) };
            if (!address.IsStream)
            {
                return await DatagramConversation.ConnectAsync(address, options, cancellationToken).ConfigureAwait(false);
            }

            LabStream stream = await StreamConnector.ConnectAsync(address, options, cancellationToken).ConfigureAwait(false);
            return await StreamConversation.RunAsync(stream, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}
