using System.Text.RegularExpressions;

namespace NetLab.Host.Tests;

/// <summary><c>nlab serve</c> with services that are spoken to.</summary>
public sealed partial class ServeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-serve");

    public void Dispose() => _folder.Delete(recursive: true);

    [UnixFact]
    public async Task What_services_say_is_recorded_with_what_their_tcp_did()
    {
        string[] settings =
        [
            "Lab:Services:0:Kind=echo", "Lab:Services:0:Address=tcp://127.0.0.1:0",
            "Lab:Services:1:Kind=echo", "Lab:Services:1:Address=udp://127.0.0.1:0",
            .. Enumerable.Range(2, 4).Select(i => $"Lab:Services:{i}:Address=udp://127.0.0.1:0"),
            "Lab:Services:6:Address=tcp://127.0.0.1:0", "Lab:Services:7:Address=kernel-tcp://127.0.0.1:0",
        ];
        using Nlab serve = Nlab.Start(
            _folder.FullName, "serve", [.. settings.SelectMany(s => new[] { "--set", s }), "--pcap", "all.pcapng", "--pcap-as-tcp", "tcp.pcapng", "--qlog", "tcp.qlog"]);
        await serve.Printed("echo     udp://");
        using Nlab client = Nlab.Start(null, "connect", Address().Match(serve.OutputSoFar()).Value);
        await client.Input.WriteAsync("hello, echo");
        client.Input.Close();
        Assert.Equal("hello, echo", (await client.End()).Output);
        serve.Interrupt();
        Nlab.Ended ended = await serve.End();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors.Replace("stopped", "", StringComparison.Ordinal).Trim()));

        // Both directions of the conversation are in each of the three.
        foreach (string file in (string[])["all.pcapng", "tcp.pcapng"])
        {
            string summary = (await Nlab.Run(_folder, "decode", file, "--summary")).Output;
            Assert.Contains("SYN", summary, StringComparison.Ordinal);
            Assert.Contains("FIN", summary, StringComparison.Ordinal);
        }

        string qlog = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "tcp.qlog"));
        Assert.Contains("\"payload_length\":11", qlog, StringComparison.Ordinal);
        Assert.Contains(":server:", qlog, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"tcp://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
