namespace NetLab.Udp.Sockets;

/// <summary>The memory of a recvmsg that the kernel finishes later: where it stays while nobody's stack does.</summary>
internal sealed unsafe class PendingReceive
{
    // What the kernel may still write to.
    private static readonly List<PendingReceive> Kept = [];

    private readonly byte[] _buffer;
    private readonly byte[] _memory = GC.AllocateArray<byte>(
        sizeof(LinuxSocketCalls.MessageHeader) + sizeof(IoVector) + LinuxSocketCalls.ControlSize + LinuxSocketCalls.AddressRoom, pinned: true);

    /// <summary>Makes one.</summary>
    /// <param name="buffer">Where datagrams go; pinned.</param>
    public PendingReceive(byte[] buffer) => _buffer = buffer;

    private LinuxSocketCalls.MessageHeader* Header => (LinuxSocketCalls.MessageHeader*)Pointer(_memory);

    /// <summary>Makes it ready for a call.</summary>
    /// <returns>The struct msghdr, which stays where it is as long as this object lives.</returns>
    public void* Prepare()
    {
        LinuxSocketCalls.MessageHeader* header = Header;
        var piece = (IoVector*)(header + 1);
        byte* control = (byte*)(piece + 1);
        *piece = new IoVector { Base = Pointer(_buffer), Length = (nuint)_buffer.Length };
        *header = new LinuxSocketCalls.MessageHeader
        {
            Name = control + LinuxSocketCalls.ControlSize,
            NameLength = LinuxSocketCalls.AddressSize,
            Pieces = piece,
            PieceCount = 1,
            Control = control,
            ControlLength = LinuxSocketCalls.ControlSize,
        };
        return header;
    }

    /// <summary>What the call has received, once it is over.</summary>
    /// <param name="isIPv4">Whose addresses the socket has.</param>
    /// <param name="length">Bytes in the buffer.</param>
    /// <param name="message">What the kernel said of it.</param>
    /// <param name="from">Who sent it.</param>
    public void Read(bool isIPv4, int length, out ReceivedMessage message, out DatagramAddress from)
    {
        message = LinuxSocketCalls.Read(*Header, length);
        from = DatagramAddress.FromSockaddr(isIPv4, new ReadOnlySpan<byte>(Header->Name, LinuxSocketCalls.AddressSize));
    }

    /// <summary>Keeps the memory for ever, as the call may not be over.</summary>
    public void Keep()
    {
        lock (Kept)
        {
            Kept.Add(this);
        }
    }

    private static void* Pointer(byte[] pinned) => System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(pinned));
}
