using System.CommandLine;
using System.Text.Json;
using NetLab.Host.Captures;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Host.Commands;

/// <summary><c>nlab objects FILE --out DIR</c>: what connections carried, as files.</summary>
internal static class ObjectsCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create()
    {
        var input = new CaptureArguments(several: true);
        var folder = new Option<string>("--out") { Description = "Where the files go; made if it is not there", HelpName = "DIR", Required = true };
        var json = new Option<bool>("--json") { Description = "A JSON object a file instead of the table" };
        var command = new Command("objects", "What HTTP, SMTP, IMAP, FTP and TFTP carried, as files with safe names") { folder, json };
        input.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            string path = parsed.GetRequiredValue(folder);
            OutputPath.CheckFolder(path, "--out");
            CaptureInput capture = input.Read(parsed);
            bool asJson = parsed.GetValue(json);
            return CaptureWork.RunAsync(capture, stop => Run(capture, path, asJson, stop), cancellationToken);
        });
        return command;
    }

    private static ColumnTable<ObjectFile> Table { get; } = new(
    [
        new("file", f => VisibleText.Of(f.File)) { IsText = true, Rank = 0 },
        new("bytes", f => Units.Count(f.Bytes)) { Rank = 0 },
        new("packet", f => Units.Count(f.Packet)),
        new("of", f => f.Protocol) { IsText = true, Rank = 2 },
        new("type", f => VisibleText.Of(f.ContentType ?? "")) { IsText = true, Rank = 3 },
    ]);

    private static int Run(CaptureInput capture, string path, bool json, CancellationToken cancellationToken)
    {
        bool isNew = !Directory.Exists(path);
        var folder = new ObjectFolder(Open(path));
        try
        {
            return Run(capture, folder, json, cancellationToken);
        }
        catch (UsageException) when (isNew && folder.Files.Count == 0)
        {
            // Nothing was done, so nothing is left.
            Directory.Delete(folder.Path);
            throw;
        }
    }

    private static int Run(CaptureInput capture, ObjectFolder folder, bool json, CancellationToken cancellationToken)
    {
        int exit = capture.Decode(
            new DecoderOptions { HashStreams = false, ObjectFound = folder.Add },
            static (in CapturedPacket _, DecodedPacket _) => true,
            static _ => { },
            cancellationToken);
        if (json)
        {
            foreach (ObjectFile file in folder.Files)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(file, Json));
            }

            return exit;
        }

        if (folder.Files.Count > 0)
        {
            Table.Write(Terminal.Out, [.. folder.Files]);
        }

        Console.Error.WriteLine($"{folder.Files.Count} file{(folder.Files.Count == 1 ? "" : "s")} written to {folder.Path}");
        return exit;
    }

    private static string Open(string path)
    {
        try
        {
            return Directory.CreateDirectory(path).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--out '{path}': {(File.Exists(path) ? "is a file" : error.Message)}");
        }
    }
}
