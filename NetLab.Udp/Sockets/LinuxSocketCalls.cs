using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetLab.Udp.Sockets;

/// <summary>
/// The Linux system calls that carry many datagrams at once: sendmsg with UDP_SEGMENT (GSO), recvmsg with UDP_GRO,
/// sendmmsg and recvmmsg where neither helps, and ppoll. Layouts are those of 64-bit Linux; elsewhere <see cref="IsSupported"/> is false.
/// </summary>
internal static unsafe partial class LinuxSocketCalls
{
    /// <summary>UDP_MAX_SEGMENTS of linux/udp.h: so many datagrams a call at most.</summary>
    public const int MaxSegments = 64;

    /// <summary>Room for the longest sockaddr of IP: sockaddr_in6.</summary>
    public const int AddressSize = 28;

    /// <summary>The same, aligned to a word.</summary>
    public const int AddressRoom = 32;

    /// <summary>
    /// Room for five control messages: 4 bytes of segment size, 16 of time, 4 of drops, 4 of the traffic class, 4 of the hop limit, each
    /// behind a header and padded to a word.
    /// </summary>
    public const int ControlSize = 128;

    // linux/udp.h, asm-generic/socket.h, linux/socket.h.
    private const int SolSocket = 1;
    private const int SolUdp = 17;
    private const int UdpSegment = 103;
    private const int UdpGro = 104;
    private const int ReceiveStamps = 35; // SO_TIMESTAMPNS, and the control message it makes
    private const int ReceiveOverflow = 40; // SO_RXQ_OVFL, likewise
    private const int SolIPv4 = 0;
    private const int TypeOfService = 1; // IP_TOS of linux/in.h, an option and a control message
    private const int SolIPv6 = 41;
    private const int TrafficClass = 67; // IPV6_TCLASS of linux/in6.h
    private const int TimeToLive = 2; // IP_TTL, the control message
    private const int HopLimit = 52; // IPV6_HOPLIMIT, the control message
    private const int EcnMask = 3; // RFC 3168, 5: the two lowest bits of either
    private const int MessageDontWait = 0x40;
    private const int MessageTruncated = 0x20;
    private const int ControlHeaderSize = 16;

    /// <summary>Whether these calls exist here.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess && BitConverter.IsLittleEndian;

    /// <summary>Receives what is waiting, without waiting.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="address">Receives the sender, as a sockaddr; at least <see cref="AddressSize"/> bytes.</param>
    /// <param name="received">What was received.</param>
    /// <returns>0, or the errno.</returns>
    public static int Receive(SafeSocketHandle socket, Span<byte> buffer, Span<byte> address, out ReceivedMessage received)
    {
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* bytes = buffer)
        fixed (byte* name = address)
        {
            var piece = new IoVector { Base = bytes, Length = (nuint)buffer.Length };
            var message = new MessageHeader
            {
                Name = name,
                NameLength = (uint)address.Length,
                Pieces = &piece,
                PieceCount = 1,
                Control = control,
                ControlLength = ControlSize,
            };
            nint length = ReceiveMessage(socket, &message, MessageDontWait);
            received = length < 0 ? default : Read(message, (int)length);
            return length < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    /// <summary>Bytes that the headers of so many messages take in <see cref="ReceiveMany"/>.</summary>
    public static int ReceiveHeadersSize(int messages) => messages * (sizeof(CountedMessage) + (2 * sizeof(IoVector)) + ControlSize + AddressRoom);

    /// <summary>Receives datagrams that are waiting, one a slot, without waiting.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="isIPv4">Whose addresses the socket has.</param>
    /// <param name="slots">Where they begin, a slot each.</param>
    /// <param name="slotSize">Bytes of a slot.</param>
    /// <param name="count">How many slots there are.</param>
    /// <param name="overflow">Pinned: where what exceeds a slot goes, 64 KiB for each.</param>
    /// <param name="headers">Pinned: room for what the call needs, <see cref="ReceiveHeadersSize"/>.</param>
    /// <param name="messages">Receives what was said of each.</param>
    /// <param name="senders">Receives who sent each.</param>
    /// <param name="received">How many were received.</param>
    /// <returns>0, or the errno.</returns>
    public static int ReceiveMany(
        SafeSocketHandle socket, bool isIPv4, Span<byte> slots, int slotSize, int count, byte[] overflow, byte[] headers,
        ReceivedMessage[] messages, DatagramAddress[] senders, out int received)
    {
        var first = (CountedMessage*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(headers));
        var pieces = (IoVector*)(first + count);
        byte* control = (byte*)(pieces + (2 * count));
        byte* addresses = control + (count * ControlSize);
        byte* beyond = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(overflow));
        fixed (byte* bytes = slots)
        {
            for (int i = 0; i < count; i++)
            {
                pieces[2 * i] = new IoVector { Base = bytes + (i * slotSize), Length = (nuint)slotSize };
                pieces[(2 * i) + 1] = new IoVector { Base = beyond + (i * DatagramSocket.ReceiveBufferLength), Length = DatagramSocket.ReceiveBufferLength };
                first[i].Header = new MessageHeader
                {
                    Name = addresses + (i * AddressRoom),
                    NameLength = AddressSize,
                    Pieces = pieces + (2 * i),
                    PieceCount = 2,
                    Control = control + (i * ControlSize),
                    ControlLength = ControlSize,
                };
            }

            received = ReceiveMessages(socket, first, (uint)count, MessageDontWait, null);
            if (received < 0)
            {
                received = 0;
                return Marshal.GetLastPInvokeError();
            }

            for (int i = 0; i < received; i++)
            {
                messages[i] = Read(first[i].Header, (int)first[i].Length);
                senders[i] = DatagramAddress.FromSockaddr(isIPv4, new ReadOnlySpan<byte>(first[i].Header.Name, AddressSize));
            }
        }

        return 0;
    }

    /// <summary>Sends datagrams one by one in one call, where the kernel or the device does not cut.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="bytes">The datagrams, back to back.</param>
    /// <param name="length">Bytes of all of them.</param>
    /// <param name="segmentSize">Bytes of each but the last.</param>
    /// <param name="ecn">The ECN field of their IP headers.</param>
    /// <param name="isIPv6">Which kind of IP headers.</param>
    /// <param name="address">The receiver as a sockaddr; empty for a connected socket's peer.</param>
    /// <param name="sent">How many datagrams the system took.</param>
    /// <returns>0, or the errno that stopped it before the first.</returns>
    public static int SendMany(
        SafeSocketHandle socket, byte* bytes, int length, int segmentSize, EcnCodepoint ecn, bool isIPv6, ReadOnlySpan<byte> address, out int sent)
    {
        int count = Math.Min(MaxSegments, (length + segmentSize - 1) / segmentSize);
        CountedMessage* messages = stackalloc CountedMessage[count];
        IoVector* pieces = stackalloc IoVector[count];
        byte* control = stackalloc byte[ControlSize];
        byte* end = ecn == EcnCodepoint.NotEct ? control : AddEcn(control, ecn, isIPv6);
        fixed (byte* name = address)
        {
            for (int i = 0; i < count; i++)
            {
                int offset = i * segmentSize;
                pieces[i] = new IoVector { Base = bytes + offset, Length = (nuint)Math.Min(segmentSize, length - offset) };
                messages[i].Header = new MessageHeader
                {
                    Name = name,
                    NameLength = (uint)address.Length,
                    Pieces = pieces + i,
                    PieceCount = 1,
                    Control = end > control ? control : null,
                    ControlLength = (nuint)(end - control),
                };
            }

            sent = SendMessages(socket, messages, (uint)count, MessageDontWait);
        }

        if (sent < 0)
        {
            sent = 0;
            return Marshal.GetLastPInvokeError();
        }

        return 0;
    }

    /// <summary>Sends bytes in one call: a datagram, or several of one size, of which the last may be shorter.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="pieces">They, gathered from these in turn.</param>
    /// <param name="count">How many pieces.</param>
    /// <param name="segmentSize">Bytes of each datagram but the last; 0 for one datagram.</param>
    /// <param name="ecn">The ECN field of their IP headers.</param>
    /// <param name="isIPv6">Which kind of IP headers.</param>
    /// <param name="address">The receiver as a sockaddr; empty for a connected socket's peer.</param>
    /// <returns>0, or the errno.</returns>
    public static int Send(
        SafeSocketHandle socket, IoVector* pieces, int count, int segmentSize, EcnCodepoint ecn, bool isIPv6, ReadOnlySpan<byte> address)
    {
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* name = address)
        {
            var message = new MessageHeader
            {
                Name = name,
                NameLength = (uint)address.Length,
                Pieces = pieces,
                PieceCount = (nuint)count,
            };
            byte* next = control;
            if (segmentSize > 0)
            {
                next = AddControl(next, SolUdp, UdpSegment, sizeof(ushort), segmentSize);
            }

            if (ecn != EcnCodepoint.NotEct)
            {
                next = AddEcn(next, ecn, isIPv6);
            }

            if (next > control)
            {
                message.Control = control;
                message.ControlLength = (nuint)(next - control);
            }

            return SendMessage(socket, &message, MessageDontWait) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    /// <summary>Waits until one of the descriptors is ready or the time is over.</summary>
    /// <param name="descriptors">What to wait for; receives what happened.</param>
    /// <param name="timeout">How long; negative for ever.</param>
    public static void Poll(Span<PollDescriptor> descriptors, TimeSpan timeout)
    {
        var time = new TimeSpec
        {
            Seconds = timeout.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * 100,
        };
        fixed (PollDescriptor* first = descriptors)
        {
            if (PollDescriptors(first, (nuint)descriptors.Length, timeout < TimeSpan.Zero ? null : &time, null) < 0)
            {
                // EINTR and the like: nothing is known to be ready, the caller looks at its clock and comes again.
                foreach (ref PollDescriptor descriptor in descriptors)
                {
                    descriptor.Happened = 0;
                }
            }
        }
    }

    // A control message with a number in it; returns where the next one goes.
    private static byte* AddControl(byte* at, int level, int type, int size, int value)
    {
        *(nuint*)at = (nuint)(ControlHeaderSize + size);
        *(int*)(at + 8) = level;
        *(int*)(at + 12) = type;
        *(long*)(at + ControlHeaderSize) = value;
        return at + ControlHeaderSize + 8;
    }

    private static byte* AddEcn(byte* at, EcnCodepoint ecn, bool isIPv6) =>
        AddControl(at, isIPv6 ? SolIPv6 : SolIPv4, isIPv6 ? TrafficClass : TypeOfService, sizeof(int), (int)ecn);

    /// <summary>What a struct msghdr says after recvmsg.</summary>
    public static ReceivedMessage Read(in MessageHeader message, int received)
    {
        int segmentSize = received;
        DateTime? stampedAt = null;
        uint drops = 0;
        var ecn = EcnCodepoint.NotEct;
        byte hopLimit = 0;
        byte* at = (byte*)message.Control;
        byte* end = at + message.ControlLength;
        while (at + ControlHeaderSize <= end)
        {
            nuint length = *(nuint*)at;
            if (length < ControlHeaderSize || length > (nuint)(end - at))
            {
                break;
            }

            byte* value = at + ControlHeaderSize;
            switch (*(int*)(at + 8), *(int*)(at + 12))
            {
                case (SolUdp, UdpGro) when length >= ControlHeaderSize + sizeof(int) && *(int*)value > 0:
                    segmentSize = Math.Min(*(int*)value, received);
                    break;
                case (SolSocket, ReceiveStamps) when length >= (nuint)(ControlHeaderSize + sizeof(TimeSpec)):
                    stampedAt = DateTime.UnixEpoch.AddTicks((((TimeSpec*)value)->Seconds * TimeSpan.TicksPerSecond) + (((TimeSpec*)value)->Nanoseconds / 100));
                    break;
                case (SolSocket, ReceiveOverflow) when length >= ControlHeaderSize + sizeof(uint):
                    drops = *(uint*)value;
                    break;
                case (SolIPv4, TypeOfService) when length > ControlHeaderSize:
                case (SolIPv6, TrafficClass) when length > ControlHeaderSize:
                    // A byte of one, an int of the other; little-endian, the lowest byte comes first either way.
                    ecn = (EcnCodepoint)(*value & EcnMask);
                    break;
                case (SolIPv4, TimeToLive) when length > ControlHeaderSize:
                case (SolIPv6, HopLimit) when length > ControlHeaderSize:
                    hopLimit = *value;
                    break;
            }

            // CMSG_ALIGN: to the size of a word.
            at += (length + 7) & ~(nuint)7;
        }

        return new ReceivedMessage(received, segmentSize, stampedAt, drops, ecn, hopLimit, (message.Flags & MessageTruncated) != 0);
    }

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(SafeSocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(SafeSocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int ReceiveMessages(SafeSocketHandle socket, CountedMessage* messages, uint count, int flags, TimeSpec* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMessages(SafeSocketHandle socket, CountedMessage* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static partial int PollDescriptors(PollDescriptor* descriptors, nuint count, TimeSpec* timeout, void* signals);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        /// <summary>POLLIN: there is something to read.</summary>
        public const short Readable = 1;

        /// <summary>POLLOUT: there is room to write.</summary>
        public const short Writable = 4;

        /// <summary>The descriptor.</summary>
        public int Descriptor;

        /// <summary>What is waited for.</summary>
        public short Wanted;

        /// <summary>What happened; errors too, whether wanted or not.</summary>
        public short Happened;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>struct mmsghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CountedMessage
    {
        public MessageHeader Header;
        public uint Length;
    }

    /// <summary>struct msghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Pieces;
        public nuint PieceCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
