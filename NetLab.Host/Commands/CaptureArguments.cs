using System.CommandLine;
using System.Globalization;
using NetLab.Host.Captures;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary>What the verbs that read a capture have in common: the file, and how it is read.</summary>
internal sealed class CaptureArguments
{
    private readonly Argument<string> _file = new("FILE") { Description = "A pcap or pcapng file, plain or compressed with gzip or zstd; - is standard input" };
    private readonly Option<string[]> _decodeAs = new("--decode-as") { Description = "Read a UDP port as NetLab's TCP: udp.port==9000,tcp", HelpName = "RULE" };
    private readonly Option<string?> _keyLog = new("--keylog") { Description = "Decrypt TLS with the secrets of this file (NSS Key Log Format)", HelpName = "FILE" };
    private readonly Option<string?> _interface = new("--interface") { Description = "Only packets of the interface of this name", HelpName = "NAME" };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_decodeAs);
        command.Add(_keyLog);
        command.Add(_interface);
    }

    /// <summary>The capture a command line names.</summary>
    /// <exception cref="UsageException">There is no such file, or a rule makes no sense.</exception>
    public CaptureInput Read(ParseResult parsed)
    {
        string? keyLog = parsed.GetValue(_keyLog);
        if (keyLog is not null && !File.Exists(keyLog))
        {
            throw new UsageException($"--keylog '{keyLog}': no such file");
        }

        string path = parsed.GetRequiredValue(_file);
        if (path != "-" && !File.Exists(path))
        {
            throw new UsageException(Directory.Exists(path) ? $"'{path}': is a folder" : $"'{path}': no such file");
        }

        return new CaptureInput(path, PortsFrom(parsed.GetValue(_decodeAs) ?? []), keyLog, parsed.GetValue(_interface));
    }

    private static HashSet<int> PortsFrom(string[] rules)
    {
        var ports = new HashSet<int>();
        foreach (string rule in rules)
        {
            const string Prefix = "udp.port==";
            string[] parts = rule.Split(',');
            bool valid = parts.Length == 2 && parts[1] == "tcp" && parts[0].StartsWith(Prefix, StringComparison.Ordinal);
            if (!valid || !int.TryParse(parts[0][Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > 65535)
            {
                throw new UsageException($"--decode-as '{rule}': a rule looks like udp.port==9000,tcp");
            }

            ports.Add(port);
        }

        return ports;
    }
}
