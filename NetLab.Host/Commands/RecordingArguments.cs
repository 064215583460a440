using System.CommandLine;
using NetLab.Host.Recording;

namespace NetLab.Host.Commands;

/// <summary><c>--pcap</c>, <c>--pcap-as-tcp</c> and <c>--qlog</c>, as every verb has them that moves data.</summary>
internal sealed class RecordingArguments
{
    private readonly Option<FileInfo?> _pcap = new("--pcap")
    {
        Description = "Record what is sent and received as Ethernet/IP/UDP packets",
        HelpName = "FILE",
    };

    private readonly Option<FileInfo?> _pcapAsTcp = new("--pcap-as-tcp")
    {
        Description = "Record the same without the UDP header, as plain IP/TCP",
        HelpName = "FILE",
    };

    private readonly Option<FileInfo?> _qlog = new("--qlog")
    {
        Description = "Write what NetLab's TCP did as qlog: segments, losses, windows, timers",
        HelpName = "FILE",
    };

    private RecordingArguments()
    {
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="qlog">Whether connections are made there that a qlog could be about.</param>
    public static RecordingArguments AddTo(Command command, bool qlog = true)
    {
        var arguments = new RecordingArguments();
        command.Add(arguments._pcap);
        command.Add(arguments._pcapAsTcp);
        if (qlog)
        {
            command.Add(arguments._qlog);
        }

        return arguments;
    }

    /// <summary>Reads them.</summary>
    /// <exception cref="Settings.UsageException">A file cannot be written, or two are one.</exception>
    public RecordingOptions From(ParseResult parsed) => new RecordingOptions(parsed.GetValue(_pcap), parsed.GetValue(_pcapAsTcp), parsed.GetValue(_qlog)).Checked();
}
