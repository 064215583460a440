using System.CommandLine;
using NetLab.Host.Commands;

namespace NetLab.Host.Recording;

/// <summary>What <c>--pcap</c> and <c>--pcap-as-tcp</c> ask for.</summary>
/// <param name="AsUdp">The file for datagrams as they were; null for none.</param>
/// <param name="AsTcp">The file for segments without their UDP header; null for none.</param>
internal sealed record RecordingOptions(FileInfo? AsUdp, FileInfo? AsTcp)
{
    /// <summary>Reads the options, and sees whether they make sense for the address.</summary>
    /// <exception cref="UsageException">They do not.</exception>
    public static RecordingOptions From(ParseResult parsed, Option<FileInfo?> pcap, Option<FileInfo?> pcapAsTcp, LabAddress address)
    {
        var options = new RecordingOptions(parsed.GetValue(pcap), parsed.GetValue(pcapAsTcp));
        bool asked = options.AsUdp is not null || options.AsTcp is not null;
        if (asked && address.Transport is LabTransport.KernelTcp or LabTransport.KernelUdp)
        {
            throw new UsageException($"--pcap: nlab records its own datagrams, and {address} sends none; capture it with tcpdump");
        }

        if (options.AsTcp is not null && address.Transport != LabTransport.Tcp)
        {
            throw new UsageException($"--pcap-as-tcp: {address} carries no TCP segments");
        }

        return options;
    }

    /// <summary>Opens the recorder; null if nothing is asked for.</summary>
    public PacketRecorder? Open() => AsUdp is null && AsTcp is null ? null : new PacketRecorder(AsUdp, AsTcp);
}
