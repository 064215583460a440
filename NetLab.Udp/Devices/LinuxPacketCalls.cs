using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NetLab.Udp.Devices;

/// <summary>The system calls of Linux for packet sockets with a ring (packet(7), linux/if_packet.h, TPACKET_V3).</summary>
internal static unsafe partial class LinuxPacketCalls
{
    // sys/socket.h, linux/if_ether.h (in network order), linux/if_packet.h, sys/mman.h, linux/sockios.h.
    private const int FamilyPacket = 17;
    private const int TypeRaw = 3;
    private const int CloseOnExec = 0x80000;
    private const ushort AllProtocols = 0x0300;
    private const int LevelPacket = 263;
    private const int AddMembership = 1;
    private const int ReceiveRing = 5;
    private const int Statistics = 6;
    private const int Version = 10;
    private const int VersionThree = 2;
    private const ushort Promiscuous = 1;
    private const int ReadWrite = 3;
    private const int Shared = 1;
    private const nuint GetHardwareAddress = 0x8927;
    private const int FrameSize = 2048;
    private const int AddressSize = 20;

    /// <summary>Opens a packet socket with a ring on an interface.</summary>
    /// <param name="name">The interface's name.</param>
    /// <param name="blockSize">Bytes of a block, a multiple of a page and of 2048.</param>
    /// <param name="blocks">How many.</param>
    /// <param name="retireMilliseconds">After how long a block that is not full is handed over.</param>
    /// <param name="ring">Where the ring begins.</param>
    /// <param name="hardwareType">ARPHRD_ of linux/if_arp.h.</param>
    /// <exception cref="IOException">The system has refused, and says why.</exception>
    public static SafeSocketHandle Open(string name, int blockSize, int blocks, int retireMilliseconds, out nint ring, out int hardwareType)
    {
        uint index = IndexOf(name);
        if (index == 0)
        {
            throw new IOException($"'{name}': there is no such interface");
        }

        int descriptor = OpenSocket(FamilyPacket, TypeRaw | CloseOnExec, AllProtocols);
        if (descriptor < 0)
        {
            throw Failed("packet socket");
        }

        var handle = new SafeSocketHandle(descriptor, ownsHandle: true);
        try
        {
            hardwareType = HardwareTypeOf(handle, name);
            int version = VersionThree;
            Check(SetOption(handle, LevelPacket, Version, &version, sizeof(int)), "ring");
            uint* request = stackalloc uint[7];
            (request[0], request[1], request[2], request[3]) = ((uint)blockSize, (uint)blocks, FrameSize, (uint)((long)blockSize * blocks / FrameSize));
            (request[4], request[5], request[6]) = ((uint)retireMilliseconds, 0, 0);
            Check(SetOption(handle, LevelPacket, ReceiveRing, request, 7 * sizeof(uint)), "ring");
            ring = Map(0, (nuint)blockSize * (nuint)blocks, ReadWrite, Shared, handle, 0);
            Check(ring == -1 ? -1 : 0, "ring");
            byte* address = stackalloc byte[AddressSize];
            new Span<byte>(address, AddressSize).Clear();
            *(ushort*)address = FamilyPacket;
            *(ushort*)(address + 2) = AllProtocols;
            *(uint*)(address + 4) = index;
            Check(Bind(handle, address, AddressSize), name);
            byte* membership = stackalloc byte[16];
            new Span<byte>(membership, 16).Clear();
            *(uint*)membership = index;
            *(ushort*)(membership + 4) = Promiscuous;

            // A device that knows nothing of this, such as a tunnel, shows all it has anyway.
            SetOption(handle, LevelPacket, AddMembership, membership, 16);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Lets go of a ring.</summary>
    public static void Unmap(nint ring, long length) => Unmap(ring, (nuint)length);

    /// <summary>Packets that there was no room for, since the last time this was asked.</summary>
    public static uint TakeDrops(SafeSocketHandle handle)
    {
        uint* counts = stackalloc uint[3];
        int length = 3 * sizeof(uint);
        return GetOption(handle, LevelPacket, Statistics, counts, &length) == 0 ? counts[1] : 0;
    }

    private static int HardwareTypeOf(SafeSocketHandle handle, string name)
    {
        byte* request = stackalloc byte[40];
        var bytes = new Span<byte>(request, 40);
        bytes.Clear();
        for (int i = 0; i < Math.Min(name.Length, 15); i++)
        {
            bytes[i] = (byte)name[i];
        }

        Check(Control(handle, GetHardwareAddress, request), name);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]);
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
        {
            throw Failed(what);
        }
    }

    private static IOException Failed(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint IndexOf(string name);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeSocketHandle handle, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(SafeSocketHandle handle, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(SafeSocketHandle handle, int level, int option, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeSocketHandle handle, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, SafeSocketHandle handle, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
