using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using NetLab.Host.Recording;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Host.Transfers;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Commands;

/// <summary><c>nlab receive URL</c>: one file or folder from a peer that runs <c>nlab send</c>.</summary>
internal static class ReceiveCommand
{
    public static Command Create()
    {
        var url = new Argument<string>("URL") { Description = "Where to listen: tcp://, kernel-tcp:// or udp://HOST:PORT" };
        var output = new Option<string?>("--output", "-o") { Description = "Where it goes: a file, or a folder that is there; under the sender's name here if not given; - for standard output", HelpName = "FILE" };
        var resume = new Option<bool>("--resume") { Description = "Keep what came of a transfer that breaks, and continue it the next time" };
        Option<string> timeout = CommonOptions.Timeout("10s");
        Option<string?> congestion = CommonOptions.Congestion();
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("receive", "Receive one file; exits 1 if what arrived is not what was sent")
        {
            url, output, resume, timeout, congestion, allowRemote,
        };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LabAddress address = LabAddress.Parse(parsed.GetRequiredValue(url));
            if (!address.IsStream && address.Transport != LabTransport.Udp)
            {
                throw new UsageException($"'{address}': a file comes by tcp://, kernel-tcp:// or udp://");
            }

            var target = TransferTarget.Parse(parsed.GetValue(output), parsed.GetValue(resume));
            if (!address.IsStream && (parsed.GetValue(resume) || target.IsStandardOutput))
            {
                throw new UsageException($"{(parsed.GetValue(resume) ? "--resume" : "-o -")}: nothing that comes by udp:// is in order or sent again; use tcp:// or kernel-tcp://");
            }

            RecordingOptions recording = recorded.From(parsed).For(address);
            CommonOptions.CheckCongestion(parsed.GetValue(congestion), [address]);
            TimeSpan silence = DurationText.Parse(parsed.GetRequiredValue(timeout), "--timeout");
            using LabRecorder? recorder = recording.Open();
            var options = new StreamOptions(silence, parsed.GetValue(allowRemote), recorder) { Place = "receiver", Congestion = CongestionNames.Parse(parsed.GetValue(congestion)) };
            TransferReport report = address.IsStream
                ? await ReceiveByStreamAsync(address, target, options, silence, cancellationToken).ConfigureAwait(false)
                : await ReceiveByDatagramsAsync(address, target, silence, options, cancellationToken).ConfigureAwait(false);
            foreach (string line in report.Lines())
            {
                (target.IsStandardOutput ? Console.Error : Console.Out).WriteLine(line);
            }

            return report.Intact == true ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<TransferReport> ReceiveByStreamAsync(
        LabAddress address, TransferTarget target, StreamOptions options, TimeSpan timeout, CancellationToken cancellationToken)
    {
        StreamListener listener = StreamListener.Bind(address, options);
        await using (listener.ConfigureAwait(false))
        {
            await Console.Error.WriteLineAsync($"listening on {listener.Address}").ConfigureAwait(false);
            await using var senders = new SenderQueue(listener, timeout);
            (LabStream stream, FileOffer offer) = await senders.NextAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                try
                {
                    return await TransferProgress.RunAsync($"receiving {PlainText.Of(offer.Name)}", progress => target.TakeAsync(stream, offer, progress, cancellationToken)).ConfigureAwait(false);
                }
                catch (UnkeptFileException error)
                {
                    // The sender has been told.
                    throw new IOException(error.Message, error);
                }
                catch (Exception error) when (error is IOException or OperationCanceledException)
                {
                    string arrived = stream.Statistics is { } statistics ? $"{statistics.BytesReceived} bytes had arrived, " : "";
                    string kept = target.Resumes ? "they are kept for --resume" : "nothing was kept";
                    stream.Abort();
                    if (error is IOException)
                    {
                        throw new IOException($"{stream.RemoteEndPoint}: {error.Message} ({arrived}{kept})", error);
                    }

                    await Console.Error.WriteLineAsync($"nlab: {arrived}{kept}").ConfigureAwait(false);
                    throw;
                }
            }
        }
    }

    private static async Task<TransferReport> ReceiveByDatagramsAsync(
        LabAddress address, TransferTarget target, TimeSpan timeout, StreamOptions options, CancellationToken cancellationToken)
    {
        using DatagramSocket socket = await BindDatagramsAsync(address, options.AllowRemote, cancellationToken).ConfigureAwait(false);

        // Fire and forget has no offer before the data, so the name has to be ours.
        using var receiver = new DatagramFileReceiver(
            socket, target.PathFor("received"), options.Recorder?.AddPlace("receiver", () => socket.LocalEndPoint, asTcp: false), target.Overwrites);
        await Console.Error.WriteLineAsync($"listening on {address.At(socket.LocalEndPoint)}").ConfigureAwait(false);
        return await Task.Run(() => receiver.Receive(null, timeout, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<DatagramSocket> BindDatagramsAsync(LabAddress address, bool allowRemote, CancellationToken cancellationToken)
    {
        IPEndPoint local = await address.ResolveAsync(allowRemote, cancellationToken).ConfigureAwait(false);
        try
        {
            return DatagramSocket.Bind(local);
        }
        catch (SocketException error)
        {
            throw BindFailure.Explain(address, error);
        }
    }
}
