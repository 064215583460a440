using NetLab.Host.Settings;

namespace NetLab.Host.Recording;

/// <summary>What is to be recorded, and where.</summary>
/// <param name="AsUdp">The file for datagrams as they were; null for none.</param>
/// <param name="AsTcp">The file for segments without their UDP header; null for none.</param>
/// <param name="Qlog">The file for what connections did; null for none.</param>
internal sealed record RecordingOptions(FileInfo? AsUdp, FileInfo? AsTcp, FileInfo? Qlog = null)
{
    /// <summary>The same on a command line.</summary>
    public IEnumerable<string> Arguments =>
    [
        .. AsUdp is { } udp ? (string[])["--pcap", udp.FullName] : [],
        .. AsTcp is { } tcp ? (string[])["--pcap-as-tcp", tcp.FullName] : [],
        .. Qlog is { } qlog ? (string[])["--qlog", qlog.FullName] : [],
    ];

    /// <summary>Sees that each recording has a file of its own, which can be written.</summary>
    /// <exception cref="UsageException">One has not.</exception>
    public RecordingOptions Checked()
    {
        (string Option, FileInfo? File)[] all = [("--pcap", AsUdp), ("--pcap-as-tcp", AsTcp), ("--qlog", Qlog)];
        for (int i = 0; i < all.Length; i++)
        {
            (string option, FileInfo? file) = all[i];
            OutputPath.Check(file?.ToString(), option);
            if (file is not null && all.Take(i).FirstOrDefault(earlier => earlier.File?.FullName == file.FullName) is { File: not null } same)
            {
                throw new UsageException($"{option} '{file}': is the file of {same.Option}, too");
            }
        }

        return this;
    }

    /// <summary>Sees whether it makes sense for an address.</summary>
    /// <exception cref="UsageException">It does not.</exception>
    public RecordingOptions For(LabAddress address)
    {
        if (AsUdp is not null && address.Transport is LabTransport.KernelTcp or LabTransport.KernelUdp)
        {
            throw new UsageException($"--pcap: nlab records its own datagrams, and {address} sends none; capture it with tcpdump");
        }

        foreach ((string option, FileInfo? file) in ((string, FileInfo?)[])[("--pcap-as-tcp", AsTcp), ("--qlog", Qlog)])
        {
            if (file is not null && !address.HasSegments)
            {
                throw new UsageException($"{option}: {address} carries no segments of NetLab's TCP");
            }
        }

        return this;
    }

    /// <summary>Opens the recorder; null if nothing is asked for.</summary>
    public LabRecorder? Open() => AsUdp is null && AsTcp is null && Qlog is null ? null : new LabRecorder(this);
}
