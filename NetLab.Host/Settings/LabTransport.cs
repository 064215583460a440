namespace NetLab.Host.Settings;

/// <summary>What carries bytes in the lab.</summary>
internal enum LabTransport
{
    /// <summary>NetLab's TCP over UDP.</summary>
    Tcp,

    /// <summary>Fire-and-forget UDP.</summary>
    Udp,

    /// <summary>The operating system's TCP.</summary>
    KernelTcp,

    /// <summary>NetLab's TCP over IP itself, on a TUN device.</summary>
    TunTcp,

    /// <summary>NetLab's TCP over IP itself, beside the operating system's.</summary>
    RawTcp,

    /// <summary>The operating system's UDP, through .NET's sockets as they are.</summary>
    KernelUdp,
}
