using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using NetLab.Host.Recording;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Host.Transfers;
using NetLab.Udp.Sockets;
using NetLab.Udp.Text;

namespace NetLab.Host.Commands;

/// <summary><c>nlab send FILE URL</c>: one file to a peer that runs <c>nlab receive</c>.</summary>
internal static class SendCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file to send" };
        var url = new Argument<string>("URL") { Description = "Where to: tcp://, kernel-tcp:// or udp://HOST:PORT" };
        Option<string> timeout = CommonOptions.Timeout("10s");
        var rate = new Option<string>("--rate") { Description = "Pace of udp://, in bits a second; 0 for flat out", HelpName = "RATE", DefaultValueFactory = _ => "100M" };
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("send", "Send one file; both ends print bytes, time, goodput, retransmissions and SHA-256")
        {
            file, url, timeout, rate, allowRemote,
        };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            LabAddress address = LabAddress.Parse(parsed.GetRequiredValue(url));
            FileInfo source = parsed.GetRequiredValue(file);
            if (!source.Exists)
            {
                throw new UsageException(Directory.Exists(source.FullName) ? $"'{source}': is a folder" : $"'{source}': no such file");
            }

            if (!Quantity.TryParseRate(parsed.GetRequiredValue(rate), out long bitsPerSecond))
            {
                throw new UsageException($"--rate '{parsed.GetValue(rate)}': a rate looks like 100M or 10G");
            }

            RecordingOptions recording = recorded.From(parsed).For(address);
            TimeSpan silence = DurationText.Parse(parsed.GetRequiredValue(timeout), "--timeout");
            return SendAsync(source, address, silence, bitsPerSecond, parsed.GetValue(allowRemote), recording, cancellationToken);
        });
        return command;
    }

    private static async Task<int> SendAsync(
        FileInfo source, LabAddress address, TimeSpan timeout, long bitsPerSecond, bool allowRemote, RecordingOptions recording,
        CancellationToken cancellationToken)
    {
        using LabRecorder? recorder = recording.Open();
        FileStream content = source.OpenRead();
        await using (content.ConfigureAwait(false))
        {
            if (!content.CanSeek)
            {
                throw new UsageException($"'{source}': not a plain file, its size is not known before it is sent");
            }

            TransferReport report = address.IsStream
                ? await SendByStreamAsync(content, source.Name, address, new StreamOptions(timeout, allowRemote, recorder) { Place = "sender" }, cancellationToken).ConfigureAwait(false)
                : await SendByDatagramsAsync(content, source.Name, address, bitsPerSecond, allowRemote, recorder, cancellationToken).ConfigureAwait(false);
            foreach (string line in report.Lines())
            {
                Console.WriteLine(line);
            }

            return report.Intact == false ? ExitCode.Failed : ExitCode.Done;
        }
    }

    private static async Task<TransferReport> SendByStreamAsync(
        FileStream content, string name, LabAddress address, StreamOptions options, CancellationToken cancellationToken)
    {
        LabStream stream = await StreamConnector.ConnectAsync(address, options, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                return await TransferProgress.RunAsync($"sending {name}", progress => StreamFileSender.SendAsync(
                    stream, name, content, content.Length, progress is null ? null : new SizedProgress(progress, content.Length), cancellationToken)).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                stream.Abort();
                long acknowledged = (stream.Statistics?.BytesAcknowledged ?? content.Position) - new FileOffer(name, content.Length).Length;
                string reached = $"{Math.Clamp(acknowledged, 0, content.Length)} of {content.Length} bytes of {name} had reached the receiver";
                if (error is IOException)
                {
                    throw new IOException($"{address}: {error.Message} ({reached})", error);
                }

                await Console.Error.WriteLineAsync($"nlab: {reached}").ConfigureAwait(false);
                throw;
            }
        }
    }

    private static async Task<TransferReport> SendByDatagramsAsync(
        FileStream content, string name, LabAddress address, long bitsPerSecond, bool allowRemote, LabRecorder? recorder, CancellationToken cancellationToken)
    {
        if (address.Transport != LabTransport.Udp)
        {
            throw new UsageException($"'{address}': a file goes by tcp://, kernel-tcp:// or udp://");
        }

        IPEndPoint remote = address.ResolvePeer(allowRemote);
        var any = new IPEndPoint(remote.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        using DatagramSocket socket = DatagramSocket.Bind(any);
        var settings = new DatagramFileSettings(bitsPerSecond, Tap: recorder?.AddPlace("sender", () => socket.LocalEndPoint, asTcp: false));
        return await TransferProgress.RunAsync($"sending {name}", progress => DatagramFileSender.SendAsync(
            socket, DatagramAddress.From(remote), (uint)Random.Shared.Next() | 1, name, content, settings,
            progress is null ? null : new SizedProgress(progress, content.Length), cancellationToken)).ConfigureAwait(false);
    }

    private sealed class SizedProgress(IProgress<(long Done, long Total)> inner, long total) : IProgress<long>
    {
        public void Report(long value) => inner.Report((value, total));
    }
}
