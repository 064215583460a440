using System.CommandLine;
using System.Net.Http.Headers;
using NetLab.Host.Flows;
using NetLab.Host.Http.Client;
using NetLab.Host.Recording;
using NetLab.Host.Relays;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Udp.Links;

namespace NetLab.Host.Commands;

/// <summary><c>nlab http METHOD URL</c>: one request over NetLab's TCP or the kernel's.</summary>
internal static class HttpCommand
{
    public static Command Create()
    {
        var method = new Argument<string>("METHOD") { Description = "GET, HEAD, PUT, PATCH, POST, DELETE, or another" };
        var url = new Argument<string>("URL") { Description = "What of: tcp://HOST:PORT/PATH or kernel-tcp://HOST:PORT/PATH" };
        var data = new Option<string?>("--data", "-d") { Description = "Send this as the body; @FILE a file's bytes, @- standard input", HelpName = "TEXT" };
        var header = new Option<string[]>("--header", "-H") { Description = "One header field, such as 'Accept: text/plain'", HelpName = "FIELD" };
        var output = new Option<FileInfo?>("--output", "-o") { Description = "Write the body into this file instead of to standard output", HelpName = "FILE" };
        var ladder = new Option<bool>("--ladder") { Description = "Show the segments of the exchange: handshake, request, response and FINs (tcp only)" };
        var link = new Option<string?>("--link") { Description = "An emulated link on the way, such as delay=20ms,loss=5% (tcp only)", HelpName = "LINK", Validators = { CommonOptions.CheckLinkIsSaid } };
        Option<string> timeout = CommonOptions.Timeout("30s");
        Option<ulong?> seed = CommonOptions.Seed();
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("http", "One HTTP request: the body to standard output, status and header fields to standard error; 1 if the status is 400 or more")
        {
            method, url, data, header, output, ladder, link, timeout, seed, allowRemote,
        };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            HttpAddress address = HttpAddress.Parse(parsed.GetRequiredValue(url));
            var request = new HttpRequestMessage(MethodOf(parsed.GetRequiredValue(method)), address.Resource) { Content = Body(parsed.GetValue(data)) };
            foreach (string field in parsed.GetValue(header) ?? [])
            {
                Add(request, field);
            }

            string? description = parsed.GetValue(link);
            bool isOurs = address.Server.HasSegments;
            if (!isOurs && (parsed.GetValue(ladder) || description is not null))
            {
                throw new UsageException($"{(description is null ? "--ladder" : "--link")}: {address.Server} sends segments that are the kernel's; nlab capture shows those");
            }

            if (description is not null && !address.Server.IsOverUdp)
            {
                throw new UsageException($"--link: carries datagrams, and {address.Server} sends none; nlab link tun://… tun://… is for IP packets");
            }

            if (description is null && parsed.GetValue(seed) is not null)
            {
                throw new UsageException("--seed: nothing is random without --link");
            }

            LinkDescription? emulated = description is null ? null : LinkText.Parse(description);
            if (emulated is not null)
            {
                CommonOptions.SeedOf(emulated, parsed.GetValue(seed));
            }

            var plan = new HttpPlan(
                address, request, parsed.GetValue(output), parsed.GetValue(ladder), emulated, parsed.GetValue(seed));
            var options = new StreamOptions(DurationText.Parse(parsed.GetRequiredValue(timeout), "--timeout"), parsed.GetValue(allowRemote)) { Place = "client" };
            address.Server.ResolvePeer(options.AllowRemote);
            return RunAsync(plan, options, recorded.From(parsed).For(address.Server), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(HttpPlan plan, StreamOptions options, RecordingOptions recording, CancellationToken cancellationToken)
    {
        // Before anything is asked for: an answer that cannot be kept is not to be had twice.
        using Stream body = plan.Output is { } file ? OutputFile.Open("--output", file.FullName) : StandardOutput.Open();
        using LabRecorder? recorder = recording.Open();
        SegmentLadder? ladder = plan.Ladder ? new SegmentLadder() : null;
        using LinkRelay? relay = plan.Link is { } link ? StartLink(plan, link, options.AllowRemote) : null;
        options = options with { Recorder = recorder, Watch = ladder is null ? null : ladder.Take };
        HttpAddress address = relay is null ? plan.Address : plan.Address with { Server = plan.Address.Server.At(relay.LocalEndPoint) };
        int exit = ExitCode.Failed;
        await HttpExchange.RunAsync(
            address,
            plan.Request,
            options,
            options.Timeout!.Value,
            async (response, readBody) =>
            {
                await Console.Error.WriteLineAsync($"HTTP/{response.Version} {(int)response.StatusCode} {PlainText.Of(response.ReasonPhrase ?? "")}").ConfigureAwait(false);
                foreach ((string name, IEnumerable<string> values) in response.Headers.Concat(response.Content.Headers))
                {
                    await Console.Error.WriteLineAsync(PlainText.Of($"{name}: {string.Join(", ", values)}")).ConfigureAwait(false);
                }

                byte[] buffer = new byte[64 << 10];
                int read;
                while ((read = await readBody(buffer).ConfigureAwait(false)) > 0)
                {
                    await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                }

                (body as OutputFile)?.Begin();
                await body.FlushAsync(cancellationToken).ConfigureAwait(false);
                exit = (int)response.StatusCode < 400 ? ExitCode.Done : ExitCode.Failed;
            },
            cancellationToken).ConfigureAwait(false);
        if (ladder is not null)
        {
            Console.WriteLine();
            foreach (string line in ladder.Draw(Terminal.Out.Profile.Width))
            {
                Console.WriteLine(line);
            }
        }

        return exit;
    }

    private static LinkRelay StartLink(HttpPlan plan, LinkDescription link, bool allowRemote)
    {
        ulong seed = CommonOptions.SeedOf(link, plan.Seed);
        Console.Error.WriteLine($"link seed={seed}");
        return LabRelay.Start(plan.Address.Server.ResolvePeer(allowRemote), link, seed);
    }

    private static HttpMethod MethodOf(string name)
    {
        try
        {
            return HttpMethod.Parse(name);
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw new UsageException($"'{name}': a method is a word such as GET");
        }
    }

    private static HttpContent? Body(string? data)
    {
        if (data is null)
        {
            return null;
        }

        HttpContent content;
        try
        {
            content = data == "@-" ? new StreamContent(BlockingInput.OpenStandardInput())
                : data.StartsWith('@') ? new StreamContent(File.OpenRead(data[1..]))
                : new StringContent(data);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--data '{data}': {(data == "@" ? "@ is followed by a file's name" : File.Exists(data[1..]) ? $"cannot be read: {error.Message}" : Directory.Exists(data[1..]) ? "is a folder" : "no such file")}");
        }

        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static void Add(HttpRequestMessage request, string field)
    {
        int colon = field.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? "" : field[..colon].Trim();
        string value = field[(colon + 1)..].Trim();
        if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) && request.Content is { } content)
        {
            // Instead of the one that is said of itself.
            content.Headers.ContentType = null;
        }

        // RFC 9110, 5.5: a line of its own would be a field of its own.
        if (value.AsSpan().ContainsAny('\r', '\n', '\0') || name.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            throw new UsageException($"--header '{PlainText.Of(field)}': a field is one line");
        }

        if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--header '{field}': the length is that of --data");
        }

        if (name.Length == 0 || (!request.Headers.TryAddWithoutValidation(name, value) && request.Content?.Headers.TryAddWithoutValidation(name, value) != true))
        {
            throw new UsageException($"--header '{field}': a header field looks like Name: value{(request.Content is null ? "" : "; those of a body need --data")}");
        }
    }

    private sealed record HttpPlan(HttpAddress Address, HttpRequestMessage Request, FileInfo? Output, bool Ladder, LinkDescription? Link, ulong? Seed);
}
