using System.Buffers.Binary;
using System.Net.Sockets;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Devices;

/// <summary>
/// Packets as they pass an interface of Linux, by the kernel's own packet sockets (packet(7)): blocks of packets in memory that the kernel fills and this
/// gives back. Needs CAP_NET_RAW, and nothing that is to be installed. Used by one thread.
/// </summary>
public sealed unsafe class PacketRing : IDisposable
{
    // linux/if_packet.h: struct tpacket_block_desc and tpacket3_hdr, and whose a block is.
    private const int StatusOffset = 8;
    private const int CountOffset = 12;
    private const int FirstOffset = 16;
    private const int AddressOffset = 48;
    private const int PacketTypeOffset = AddressOffset + 10;
    private const uint OfUser = 1;
    private const byte Outgoing = 4;
    private const uint HasVlan = 1 << 4;
    private const uint HasVlanProtocol = 1 << 6;

    private const int BlockSize = 1 << 20;
    private const int RetireMilliseconds = 50;

    // linux/if_arp.h.
    private const int Ethernet = 1;
    private const int Loopback = 772;
    private const int NoHeader = 65_534;

    private const int EthernetAddresses = 12;

    private readonly SafeSocketHandle _socket;
    private readonly nint _ring;
    private readonly int _blocks;
    private readonly int _snapLength;
    private readonly bool _isLoopback;
    private readonly byte[] _tagged;
    private int _block;
    private uint _left;
    private int _next;
    private bool _holds;
    private long _dropped;

    private PacketRing(SafeSocketHandle socket, nint ring, int blocks, int snapLength, int hardwareType)
    {
        (_socket, _ring, _blocks, _snapLength) = (socket, ring, blocks, snapLength);
        _isLoopback = hardwareType == Loopback;
        _tagged = new byte[BlockSize];
        LinkType = hardwareType is NoHeader ? RawIp : EthernetLink;
    }

    /// <summary>LINKTYPE_ETHERNET.</summary>
    public const int EthernetLink = 1;

    /// <summary>LINKTYPE_RAW: packets begin with their IP header.</summary>
    public const int RawIp = 101;

    /// <summary>Whether the system has such sockets.</summary>
    public static bool IsSupported => LinuxSocketCalls.IsSupported;

    /// <summary>What packets begin with, by the number that captures have for it.</summary>
    public int LinkType { get; }

    /// <summary>Packets that there was no room for.</summary>
    public long Dropped => _dropped += LinuxPacketCalls.TakeDrops(_socket);

    /// <summary>Begins to capture.</summary>
    /// <param name="name">The interface's name.</param>
    /// <param name="buffer">Bytes that may wait in the kernel.</param>
    /// <param name="snapLength">Bytes kept of a packet at most.</param>
    /// <exception cref="IOException">There is no such interface, it carries what is not known here, or the right is missing; the message says which.</exception>
    public static PacketRing Open(string name, int buffer, int snapLength)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(snapLength, 1);
        int blocks = Math.Max(2, buffer / BlockSize);
        SafeSocketHandle socket = LinuxPacketCalls.Open(name, BlockSize, blocks, RetireMilliseconds, out nint ring, out int hardwareType);
        var capture = new PacketRing(socket, ring, blocks, snapLength, hardwareType);
        if (hardwareType is Ethernet or Loopback or NoHeader)
        {
            return capture;
        }

        capture.Dispose();
        throw new IOException($"'{name}': packets of hardware type {hardwareType} need libpcap");
    }

    /// <summary>Waits for a packet.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <param name="packet">Its bytes, valid until the next call.</param>
    /// <param name="time">When it passed, in nanoseconds since 1970.</param>
    /// <param name="length">Bytes that it had.</param>
    /// <returns>False when none came in that time.</returns>
    public bool TryRead(TimeSpan timeout, out ReadOnlySpan<byte> packet, out long time, out long length)
    {
        bool hasWaited = false;
        while (true)
        {
            while (_left > 0)
            {
                if (Take(out packet, out time, out length))
                {
                    return true;
                }
            }

            if (_holds)
            {
                // What was read of the block is no longer needed: the kernel's again.
                Volatile.Write(ref StatusOf(_block), 0);
                _holds = false;
                _block = (_block + 1) % _blocks;
            }

            if ((Volatile.Read(ref StatusOf(_block)) & OfUser) != 0)
            {
                ReadOnlySpan<byte> block = BlockAt(_block);
                _left = BinaryPrimitives.ReadUInt32LittleEndian(block[CountOffset..]);
                _next = (int)BinaryPrimitives.ReadUInt32LittleEndian(block[FirstOffset..]);
                _holds = true;
                continue;
            }

            if (hasWaited)
            {
                packet = default;
                (time, length) = (0, 0);
                return false;
            }

            hasWaited = true;
            Span<LinuxSocketCalls.PollDescriptor> descriptor =
                [new() { Descriptor = (int)_socket.DangerousGetHandle(), Wanted = LinuxSocketCalls.PollDescriptor.Readable }];
            LinuxSocketCalls.Poll(descriptor, timeout);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_socket.IsClosed)
        {
            LinuxPacketCalls.Unmap(_ring, (long)BlockSize * _blocks);
            _socket.Dispose();
        }
    }

    private bool Take(out ReadOnlySpan<byte> packet, out long time, out long length)
    {
        ReadOnlySpan<byte> header = BlockAt(_block)[_next..];
        _left--;
        _next += (int)BinaryPrimitives.ReadUInt32LittleEndian(header);
        time = (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) * 1_000_000_000L) + BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        int captured = (int)BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        length = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        uint status = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        packet = header.Slice(BinaryPrimitives.ReadUInt16LittleEndian(header[24..]), captured);
        if (_isLoopback && header[PacketTypeOffset] == Outgoing)
        {
            // On loopback each packet passes twice, out and in: once is enough.
            return false;
        }

        if ((status & HasVlan) != 0 && LinkType == EthernetLink && captured >= EthernetAddresses)
        {
            // The card took the tag off; on the wire it was there (IEEE 802.1Q).
            ushort protocol = (status & HasVlanProtocol) != 0 ? BinaryPrimitives.ReadUInt16LittleEndian(header[36..]) : (ushort)0x8100;
            Span<byte> tagged = _tagged.AsSpan(0, captured + 4);
            packet[..EthernetAddresses].CopyTo(tagged);
            BinaryPrimitives.WriteUInt16BigEndian(tagged[EthernetAddresses..], protocol);
            BinaryPrimitives.WriteUInt16BigEndian(tagged[(EthernetAddresses + 2)..], (ushort)BinaryPrimitives.ReadUInt32LittleEndian(header[32..]));
            packet[EthernetAddresses..].CopyTo(tagged[(EthernetAddresses + 4)..]);
            packet = tagged;
            length += 4;
        }

        packet = packet[..Math.Min(packet.Length, _snapLength)];
        return true;
    }

    private ReadOnlySpan<byte> BlockAt(int index) => new((void*)(_ring + ((nint)index * BlockSize)), BlockSize);

    private ref uint StatusOf(int index) => ref *(uint*)(_ring + ((nint)index * BlockSize) + StatusOffset);
}
