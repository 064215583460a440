using System.Runtime.InteropServices;

namespace NetLab.Osi.Indexing;

/// <summary>What the index keeps of a packet, in a file of such records: where its bytes are, and which packets belong together with it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PacketRecord
{
    public const int Size = 96;

    public long Offset;
    public long Time;
    public long OriginalLength;
    public long Row;

    /// <summary>The packet before it in its TCP stream; 0 if there is none.</summary>
    public long PreviousInTcp;

    /// <summary>The packet before it in its UDP conversation; 0 if there is none.</summary>
    public long PreviousInUdp;

    /// <summary>The fragment of any IP datagram before it, of a fragment; 0 if there is none.</summary>
    public long PreviousFragment;

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

    /// <summary>Fills the record up to a fixed size, so that a record's place follows from its number.</summary>
    private readonly uint _unused1;

    public readonly bool Has(PacketTraits trait) => (Traits & trait) != 0;
}
