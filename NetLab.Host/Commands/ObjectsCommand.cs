using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NetLab.Host.Captures;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;
using Spectre.Console;

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
            if (parsed.GetRequiredValue(folder).Length == 0)
            {
                throw new UsageException("--out '': a folder has a name");
            }

            CaptureInput capture = input.Read(parsed);
            var writer = new ObjectFolder(Open(parsed.GetRequiredValue(folder)));
            bool asJson = parsed.GetValue(json);
            return CaptureWork.RunAsync(capture, stop => Run(capture, writer, asJson, stop), cancellationToken);
        });
        return command;
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

        Table table = new Table().RoundedBorder().AddColumns("file", "bytes", "packet", "of", "type");
        foreach (ObjectFile file in folder.Files)
        {
            table.AddRow(
                new Text(VisibleText.Of(file.File)), new Text(file.Bytes.ToString(CultureInfo.InvariantCulture)), new Text(file.Packet.ToString(CultureInfo.InvariantCulture)),
                new Text(file.Protocol), new Text(VisibleText.Of(file.ContentType ?? "")));
        }

        if (folder.Files.Count > 0)
        {
            Terminal.Out.Write(table);
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
