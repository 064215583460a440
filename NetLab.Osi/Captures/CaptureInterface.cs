namespace NetLab.Osi.Captures;

/// <summary>Where packets were captured: an interface of a pcapng section, or the one of a pcap file.</summary>
/// <param name="LinkType">LINKTYPE_ number: 1 Ethernet, 101 raw IP, 0 BSD loopback …</param>
/// <param name="SnapLength">Bytes kept of a packet at most; 0 for no limit.</param>
/// <param name="Name">Its name, or null.</param>
public sealed record CaptureInterface(int LinkType, int SnapLength, string? Name = null);
