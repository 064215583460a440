using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using NetLab.Host.Backends;
using NetLab.Host.Http;
using NetLab.Host.Http.Client;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Commands;

/// <summary><c>nlab balancer URL NAME</c>: the backends of a balancer that nlab serve runs; takes one out, or puts it back.</summary>
internal static class BalancerCommand
{
    public static Command Create()
    {
        var url = new Argument<string>("URL") { Description = "The lab's http service: kernel-tcp://HOST:PORT or tcp://HOST:PORT" };
        var name = new Argument<string>("NAME") { Description = "The balancer's name, as nlab http GET URL/services lists it" };
        var drain = new Option<string[]>("--drain") { Description = "Take a backend out: no new connection, and those it has go on to their end", HelpName = "HOST:PORT", DefaultValueFactory = _ => [] };
        var restore = new Option<string[]>("--restore") { Description = "Put a backend back", HelpName = "HOST:PORT", DefaultValueFactory = _ => [] };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        Option<string> timeout = CommonOptions.Timeout("10s");
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("balancer", "The backends of a balancer that nlab serve runs; take one out, or put it back") { url, name, drain, restore, json, timeout, allowRemote };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var server = LabAddress.Parse(parsed.GetRequiredValue(url).TrimEnd('/'));
            string path = $"/services/{Uri.EscapeDataString(parsed.GetRequiredValue(name))}/backends";
            var options = new StreamOptions(DurationText.Parse(parsed.GetRequiredValue(timeout), "--timeout"), parsed.GetValue(allowRemote)) { Place = "client" };
            server.ResolvePeer(options.AllowRemote);
            IEnumerable<(string Backend, bool IsOut)> changes =
                [.. parsed.GetRequiredValue(drain).Select(b => (b, true)), .. parsed.GetRequiredValue(restore).Select(b => (b, false))];
            if (parsed.GetRequiredValue(name) is var balancer && (balancer.Length == 0 || balancer.Contains('/', StringComparison.Ordinal)))
            {
                throw new UsageException($"'{balancer}': is no name of a service");
            }

            foreach (IGrouping<string, (string Backend, bool IsOut)> change in changes.GroupBy(c => c.Backend))
            {
                if (!IPEndPoint.TryParse(change.Key, out IPEndPoint? backend) || backend.Port == 0)
                {
                    throw new UsageException($"{(change.First().IsOut ? "--drain" : "--restore")} '{change.Key}': a backend is HOST:PORT, as the table shows it");
                }

                if (change.Count() > 1)
                {
                    throw new UsageException($"--restore '{change.Key}': is named twice");
                }
            }

            foreach ((string backend, bool isOut) in changes)
            {
                using var content = new StringContent(isOut ? """{"out":true}""" : """{"out":false}""", MediaTypeHeaderValue.Parse("application/json"));
                await AskAsync(server, $"{path}/{Uri.EscapeDataString(backend)}", HttpMethod.Patch, content, options, cancellationToken).ConfigureAwait(false);
            }

            byte[] answer = await AskAsync(server, path, HttpMethod.Get, null, options, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<BackendState> backends = JsonSerializer.Deserialize(answer, LabJson.Readable.IReadOnlyListBackendState) ?? [];
            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(backends, LabJson.Readable.IReadOnlyListBackendState));
            }
            else
            {
                Print(backends);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<byte[]> AskAsync(LabAddress server, string path, HttpMethod method, HttpContent? content, StreamOptions options, CancellationToken cancellationToken)
    {
        HttpAddress address = HttpAddress.Parse(server + path);
        using var request = new HttpRequestMessage(method, address.Resource) { Content = content };
        using var body = new MemoryStream();
        string? problem = null;
        await HttpExchange.RunAsync(
            address, request, options, options.Timeout!.Value,
            async (response, read) =>
            {
                byte[] buffer = new byte[16 << 10];
                int length;
                while ((length = await read(buffer).ConfigureAwait(false)) > 0)
                {
                    body.Write(buffer, 0, length);
                }

                problem = response.IsSuccessStatusCode ? null : ProblemIn(body.ToArray()) ?? $"{server}{path}: {(int)response.StatusCode}";
            },
            cancellationToken).ConfigureAwait(false);
        return problem is null ? body.ToArray() : throw new IOException(problem);
    }

    private static string? ProblemIn(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, LabJson.Readable.ProblemDocument)?.Detail;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Print(IReadOnlyList<BackendState> backends)
    {
        long all = Math.Max(1, backends.Sum(b => b.Given));
        var table = new ColumnTable<BackendState>(
        [
            new("backend", b => b.Address) { IsText = true, Rank = 0 },
            new("state", b => b.State) { IsText = true, Rank = 1 },
            new("open", b => Units.Count(b.Open)) { Rank = 2 },
            new("given", b => Units.Count(b.Given)) { Rank = 3 },
            new("share", b => (b.Given / (double)all).ToString("P1", CultureInfo.InvariantCulture)) { Rank = 4 },
            new("failures", b => Units.Count(b.Failures)) { Rank = 5 },
        ]);
        Terminal.Out.Write(table.Draw([.. backends], Terminal.Out.Profile.Width));
    }
}
