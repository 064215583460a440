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

/// <summary><c>nlab send FILE URL…</c>: a file, a folder or standard input to peers that run <c>nlab receive</c>.</summary>
internal static class SendCommand
{
    // A datagram a second: below it a letter is meant and forgotten, as in 5 for 5M.
    private const long LeastRate = 10_000;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The file to send; a folder (it goes as tar); - for standard input" };
        var urls = new Argument<string[]>("URL") { Description = "Where to, one or several: tcp://, kernel-tcp:// or udp://HOST:PORT", Arity = ArgumentArity.OneOrMore };
        Option<string> timeout = CommonOptions.Timeout("10s");
        var rate = new Option<string?>("--rate", "-b") { Description = "Pace of udp://, in bits a second; 0 for flat out (100M if not given)", HelpName = "RATE" };
        Option<string?> congestion = CommonOptions.Congestion();
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("send", "Send one file; both ends print bytes, time, goodput, retransmissions and SHA-256")
        {
            file, urls, timeout, rate, congestion, allowRemote,
        };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            LabAddress[] addresses = [.. parsed.GetRequiredValue(urls).Select(LabAddress.Parse)];
            foreach (LabAddress address in addresses.Where(a => !a.IsStream && a.Transport != LabTransport.Udp))
            {
                throw new UsageException($"'{address}': a file goes by tcp://, kernel-tcp:// or udp://");
            }

            if (addresses.GroupBy(a => a).FirstOrDefault(g => g.Count() > 1) is { } twice)
            {
                throw new UsageException($"'{twice.Key}': is there twice, and a receiver takes one file");
            }

            long bitsPerSecond = 100_000_000;
            if (parsed.GetValue(rate) is { } pace)
            {
                if (!Quantity.TryParseRate(pace, out bitsPerSecond))
                {
                    throw new UsageException($"--rate '{pace}': a rate looks like 100M or 10G");
                }

                if (bitsPerSecond is > 0 and < LeastRate)
                {
                    throw new UsageException($"--rate '{pace}': is in bits a second, and at least 10K (or 0 for flat out)");
                }

                if (addresses.All(a => a.IsStream))
                {
                    throw new UsageException("--rate: is the pace of udp://; a byte stream finds its own");
                }
            }

            string path = parsed.GetRequiredValue(file);
            OutgoingFile.Check(path, addresses);
            RecordingOptions recording = addresses.Aggregate(recorded.From(parsed), (r, a) => r.For(a));
            TimeSpan silence = DurationText.Parse(parsed.GetRequiredValue(timeout), "--timeout");
            CommonOptions.CheckCongestion(parsed.GetValue(congestion), addresses);
            var options = new StreamOptions(silence, parsed.GetValue(allowRemote))
            {
                Place = "sender",
                Congestion = CongestionNames.Parse(parsed.GetValue(congestion)),
            };
            return SendAsync(path, addresses, options, bitsPerSecond, recording, cancellationToken);
        });
        return command;
    }

    private static async Task<int> SendAsync(
        string path, IReadOnlyList<LabAddress> addresses, StreamOptions options, long bitsPerSecond, RecordingOptions recording, CancellationToken cancellationToken)
    {
        using LabRecorder? recorder = recording.Open();
        options = options with { Recorder = recorder };
        if (addresses.Count == 1)
        {
            return Print(await SendToAsync(path, addresses[0], options, bitsPerSecond, isOnly: true, cancellationToken).ConfigureAwait(false), null);
        }

        int exitCode = ExitCode.Done;
        Task<TransferReport>[] all = [.. addresses.Select(a => SendToAsync(path, a, options, bitsPerSecond, isOnly: false, cancellationToken))];
        for (int i = 0; i < all.Length; i++)
        {
            try
            {
                exitCode = Math.Max(exitCode, Print(await all[i].ConfigureAwait(false), addresses[i]));
            }
            catch (IOException error)
            {
                await Console.Error.WriteLineAsync($"nlab: {PlainText.Of(error.Message)}").ConfigureAwait(false);
                exitCode = ExitCode.Failed;
            }
        }

        return exitCode;
    }

    private static int Print(TransferReport report, LabAddress? to)
    {
        foreach (string line in report.Lines())
        {
            Console.WriteLine(to is null ? line : $"{to}: {line}");
        }

        return report.Intact == false ? ExitCode.Failed : ExitCode.Done;
    }

    private static async Task<TransferReport> SendToAsync(
        string path, LabAddress address, StreamOptions options, long bitsPerSecond, bool isOnly, CancellationToken cancellationToken)
    {
        OutgoingFile file = await OutgoingFile.OpenAsync(path, cancellationToken).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            if (!isOnly && file.IsReadOnce)
            {
                throw new UsageException($"'{path}': is a pipe, which is read once, and there are several receivers");
            }

            return isOnly
                ? await TransferProgress.RunAsync($"sending {PlainText.Of(file.Offer.Name)}", progress => SendOneAsync(
                    file, address, options, bitsPerSecond, progress is null ? null : new SizedProgress(progress, file.Offer.Size ?? 0), cancellationToken)).ConfigureAwait(false)
                : await SendOneAsync(file, address, options, bitsPerSecond, null, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task<TransferReport> SendOneAsync(
        OutgoingFile file, LabAddress address, StreamOptions options, long bitsPerSecond, IProgress<long>? progress, CancellationToken cancellationToken) => address.IsStream
        ? SendByStreamAsync(file, address, options, progress, cancellationToken)
        : SendByDatagramsAsync(file, address, bitsPerSecond, options, progress, cancellationToken);

    private static async Task<TransferReport> SendByStreamAsync(
        OutgoingFile file, LabAddress address, StreamOptions options, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        LabStream stream = await StreamConnector.ConnectAsync(address, options, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var handedOver = new LastReport(progress);
            try
            {
                return await StreamFileSender.SendAsync(stream, file.Offer, file.Content, handedOver, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                string reached = Reached(stream, file.Offer, handedOver.Value);
                stream.Abort();
                if (error is IOException)
                {
                    throw new IOException($"{address}: {error.Message} ({reached})", error);
                }

                await Console.Error.WriteLineAsync($"nlab: {reached}").ConfigureAwait(false);
                throw;
            }
        }
    }

    // What was acknowledged, by whichever TCP: what only waits in a buffer of this machine has reached nobody.
    private static string Reached(LabStream stream, FileOffer offer, long handedOver)
    {
        const int PositionLength = 8;
        long acknowledged = Math.Max(0, (stream.BytesAcknowledged(handedOver + offer.Length + PositionLength) ?? handedOver) - offer.Length - PositionLength);
        string all = offer.Size is { } size ? $" of {size}" : "";
        return $"{Math.Min(acknowledged, handedOver)}{all} bytes of {PlainText.Of(offer.Name)} had reached the receiver";
    }

    private static async Task<TransferReport> SendByDatagramsAsync(
        OutgoingFile file, LabAddress address, long bitsPerSecond, StreamOptions options, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        IPEndPoint remote = await address.ResolvePeerAsync(options.AllowRemote, cancellationToken).ConfigureAwait(false);
        var any = new IPEndPoint(remote.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);

        // Connected, so that the system says when nobody listens there.
        using DatagramSocket socket = DatagramSocket.Bind(any, new DatagramSocketOptions { Remote = remote });
        var settings = new DatagramFileSettings(bitsPerSecond, Tap: options.Recorder?.AddPlace("sender", () => socket.LocalEndPoint, asTcp: false));
        try
        {
            return await DatagramFileSender.SendAsync(
                socket, DatagramAddress.From(remote), (uint)Random.Shared.Next() | 1, file.Offer.Name, file.Content, settings, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new IOException($"{address}: {error.Message}", error);
        }
    }

    private sealed class SizedProgress(IProgress<(long Done, long Total)> inner, long total) : IProgress<long>
    {
        public void Report(long value) => inner.Report((value, total));
    }

    private sealed class LastReport(IProgress<long>? inner) : IProgress<long>
    {
        public long Value { get; private set; }

        public void Report(long value)
        {
            Value = value;
            inner?.Report(value);
        }
    }
}
