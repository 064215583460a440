using System.Runtime.InteropServices;

namespace NetLab.Udp.Sockets;

/// <summary>struct iovec: a piece of memory to be sent from or received into.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    /// <summary>Where it begins; pinned for as long as the system may look at it.</summary>
    public void* Base;

    /// <summary>Its bytes.</summary>
    public nuint Length;
}
