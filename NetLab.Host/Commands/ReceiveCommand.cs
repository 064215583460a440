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

/// <summary><c>nlab receive URL</c>: one file from a peer that runs <c>nlab send</c>.</summary>
internal static class ReceiveCommand
{
    public static Command Create()
    {
        var url = new Argument<string>("URL") { Description = "Where to listen: tcp://, kernel-tcp:// or udp://HOST:PORT" };
        var output = new Option<FileInfo?>("--output", "-o") { Description = "Where the file goes; the sender's name in this folder if not given", HelpName = "FILE" };
        Option<string> timeout = CommonOptions.Timeout("10s");
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("receive", "Receive one file; exits 1 if what arrived is not what was sent")
        {
            url, output, timeout, allowRemote,
        };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            LabAddress address = LabAddress.Parse(parsed.GetRequiredValue(url));
            FileInfo? target = parsed.GetValue(output);
            if (target is not null && (target.Directory is { Exists: false } || Directory.Exists(target.FullName)))
            {
                throw new UsageException(target.Directory is { Exists: false } ? $"-o '{target}': the folder does not exist" : $"-o '{target}': is a folder");
            }

            IncomingFile.CheckFolderOf(target?.FullName ?? Path.GetFullPath("received"));
            RecordingOptions recording = recorded.From(parsed).For(address);
            TimeSpan silence = DurationText.Parse(parsed.GetRequiredValue(timeout), "--timeout");
            return ReceiveAsync(address, target, silence, parsed.GetValue(allowRemote), recording, cancellationToken);
        });
        return command;
    }

    private static async Task<int> ReceiveAsync(
        LabAddress address, FileInfo? target, TimeSpan timeout, bool allowRemote, RecordingOptions recording, CancellationToken cancellationToken)
    {
        using LabRecorder? recorder = recording.Open();
        TransferReport report = address.IsStream
            ? await ReceiveByStreamAsync(address, target, new StreamOptions(timeout, allowRemote, recorder) { Place = "receiver" }, cancellationToken).ConfigureAwait(false)
            : await ReceiveByDatagramsAsync(address, target, timeout, allowRemote, recorder, cancellationToken).ConfigureAwait(false);
        foreach (string line in report.Lines())
        {
            Console.WriteLine(line);
        }

        return report.Intact == true ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<TransferReport> ReceiveByStreamAsync(
        LabAddress address, FileInfo? target, StreamOptions options, CancellationToken cancellationToken)
    {
        StreamListener listener = StreamListener.Bind(address, options);
        await using (listener.ConfigureAwait(false))
        {
            await Console.Error.WriteLineAsync($"listening on {listener.Address}").ConfigureAwait(false);
            LabStream stream = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                try
                {
                    return await TransferProgress.RunAsync("receiving", progress => StreamFileReceiver.ReceiveAsync(
                        stream, offer => Open(offer, target), progress, cancellationToken)).ConfigureAwait(false);
                }
                catch (Exception error) when (error is IOException or OperationCanceledException)
                {
                    stream.Abort();
                    if (error is IOException)
                    {
                        throw new IOException($"{stream.RemoteEndPoint}: {error.Message}", error);
                    }

                    string arrived = stream.Statistics is { } statistics ? $"{statistics.BytesReceived} bytes had arrived, " : "";
                    await Console.Error.WriteLineAsync($"nlab: {arrived}nothing was kept").ConfigureAwait(false);
                    throw;
                }
            }
        }
    }

    private static async Task<TransferReport> ReceiveByDatagramsAsync(
        LabAddress address, FileInfo? target, TimeSpan timeout, bool allowRemote, LabRecorder? recorder, CancellationToken cancellationToken)
    {
        if (address.Transport != LabTransport.Udp)
        {
            throw new UsageException($"'{address}': a file comes by tcp://, kernel-tcp:// or udp://");
        }

        using DatagramSocket socket = BindDatagrams(address, allowRemote);
        await Console.Error.WriteLineAsync($"listening on {address.At(socket.LocalEndPoint)}").ConfigureAwait(false);

        // Fire and forget has no offer before the data, so the name has to be ours.
        using var receiver = new DatagramFileReceiver(
            socket, target?.FullName ?? FreePath("received"), recorder?.AddPlace("receiver", () => socket.LocalEndPoint, asTcp: false), overwrite: target is not null);
        return await Task.Run(() => receiver.Receive(null, timeout, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private static DatagramSocket BindDatagrams(LabAddress address, bool allowRemote)
    {
        IPEndPoint local = address.Resolve(allowRemote);
        try
        {
            return DatagramSocket.Bind(local);
        }
        catch (SocketException error)
        {
            throw BindFailure.Explain(address, error);
        }
    }

    private static IncomingFile Open(FileOffer offer, FileInfo? target) =>
        new(target?.FullName ?? FreePath(offer.Name), overwrite: target is not null);

    // A name that came over the network overwrites nothing.
    private static string FreePath(string name) => File.Exists(name)
        ? throw new IOException($"'{name}' exists already; say where to put the file with -o")
        : name;
}
