namespace NetLab.Tcp.Tests.Transport;

/// <summary>Whose TCP carries a byte stream.</summary>
public enum StreamCarrier
{
    /// <summary>NetLab.Tcp over UDP.</summary>
    NetLab,

    /// <summary>The kernel's TCP: the judge of what a byte stream does.</summary>
    Kernel,
}
