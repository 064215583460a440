using System.CommandLine;
using NetLab.Host.Captures;
using NetLab.Host.Settings;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Commands;

/// <summary>What the verbs that read a capture have in common: the file, and how it is read.</summary>
/// <param name="several">Whether several files may be named, which are read as one.</param>
internal sealed class CaptureArguments(bool several = false)
{
    private const string About = "A pcap or pcapng file, plain or compressed with gzip or zstd; - is standard input";

    private readonly Argument<string> _file = new("FILE") { Description = About };
    private readonly Argument<string[]> _files = new("FILE") { Description = About + "; several are read as one, in order of time", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> _decodeAs = new("--decode-as") { Description = "What a number chooses: udp.port==5301,dns; tcp.port, eth.type, ip.proto, link.type …", HelpName = "RULE" };
    private readonly Option<string?> _keyLog = new("--keylog") { Description = "Decrypt TLS with the secrets of this file (NSS Key Log Format)", HelpName = "FILE" };
    private readonly Option<string?> _interface = new("--interface") { Description = "Only packets of the interface of this name", HelpName = "NAME" };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(several ? _files : _file);
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
            throw new UsageException(Directory.Exists(keyLog) ? $"--keylog '{keyLog}': is a folder" : $"--keylog '{keyLog}': no such file");
        }

        string[] paths = several ? parsed.GetRequiredValue(_files) : [parsed.GetRequiredValue(_file)];
        if (Array.Find(paths, p => p != "-" && !File.Exists(p)) is { } path)
        {
            throw new UsageException(Directory.Exists(path) ? $"'{path}': is a folder" : $"'{path}': no such file");
        }

        if (paths.Count(p => p == "-") > 1)
        {
            throw new UsageException("'-': standard input can be read once");
        }

        return new CaptureInput(
            paths[0], ProtocolsFrom(parsed.GetValue(_decodeAs) ?? []), keyLog, parsed.GetValue(_interface), paths.Length > 1 ? paths[1..] : null);
    }

    /// <summary>The protocols that are known, with what rules say of them.</summary>
    /// <exception cref="UsageException">A rule makes no sense.</exception>
    internal static ProtocolRegistry ProtocolsFrom(string[] rules)
    {
        ProtocolRegistry protocols = BuiltInProtocols.Registry;
        foreach (string rule in rules)
        {
            try
            {
                protocols = protocols.WithRule(rule);
            }
            catch (FormatException error)
            {
                throw new UsageException($"--decode-as '{rule}': {error.Message}");
            }
        }

        return protocols;
    }
}
