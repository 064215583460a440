using System.Runtime.InteropServices;

namespace NetLab.Osi.Indexing;

/// <summary>What the index keeps of a packet, in a file of such records: where its bytes are, and which packets belong together with it. Numbers of packets have 32 bits.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PacketRecord
{
    public const int Size = 80;

    public long Offset;
    public long Time;
    public long Row;

    /// <summary>The packet before it in its TCP stream; 0 if there is none.</summary>
    public uint PreviousInTcp;

    /// <summary>The packet before it in its UDP conversation; 0 if there is none.</summary>
    public uint PreviousInUdp;

    /// <summary>The fragment of any IP datagram before it, of a fragment; 0 if there is none.</summary>
    public uint PreviousFragment;

    /// <summary>Bytes on the wire: both file formats have 32 bits for it.</summary>
    public uint OriginalLength;
    public int CapturedLength;
    public int RowLength;

    /// <summary>-1 for none.</summary>
    public int TcpStream;

    /// <summary>The innermost, where a tunnel carries another; -1 for none.</summary>
    public int UdpConversation;

    /// <summary>The outermost; -1 for none.</summary>
    public int OuterUdpConversation;

    /// <summary>The second, where there are three or more: a tunnel in a tunnel; -1 for none.</summary>
    public int MiddleUdpConversation;
    public int Interface;
    public int Marks;
    public byte Layer;
    public PacketTraits Traits;

    /// <summary>Its ordinal in its TCP stream, or else in its UDP conversation, from 1; 0 if it has neither.</summary>
    public uint Ordinal;

    public readonly bool Has(PacketTraits trait) => (Traits & trait) != 0;
}
