namespace NetLab.Tcp.Carriers;

/// <summary>What became of IP packets that came from a device. Written by the endpoint's thread; a reader elsewhere sees figures that are a moment old.</summary>
public sealed class IpStatistics
{
    /// <summary>Packets that carried a segment of TCP to us.</summary>
    public long Segments { get; internal set; }

    /// <summary>Questions for a sign of life that were answered (ICMP echo).</summary>
    public long EchoReplies { get; internal set; }

    /// <summary>Reports of the network on what we sent that may be true (RFC 5927, 4.1): the connection was told.</summary>
    public long ErrorsReported { get; internal set; }

    /// <summary>Other messages of ICMP: of another kind, about nothing of ours, or damaged.</summary>
    public long ErrorsIgnored { get; internal set; }

    /// <summary>Packets that were none.</summary>
    public long Malformed { get; internal set; }

    /// <summary>Packets for other addresses.</summary>
    public long NotForUs { get; internal set; }

    /// <summary>Packets from addresses that nobody can have who is to be answered.</summary>
    public long BadSources { get; internal set; }

    /// <summary>Packets with a route that their sender chose.</summary>
    public long SourceRoutes { get; internal set; }

    /// <summary>Parts of packets that came.</summary>
    public long Fragments { get; internal set; }

    /// <summary>Those of them that were dropped: they lied, overlapped, or were there already.</summary>
    public long FragmentsDropped { get; internal set; }

    /// <summary>Packets that were put together of parts.</summary>
    public long Reassembled { get; internal set; }

    /// <summary>Packets of which parts did not come in time.</summary>
    public long ReassemblyTimeouts { get; internal set; }

    /// <summary>Packets of other protocols.</summary>
    public long OtherProtocols { get; internal set; }

    internal void Count(IpDrop reason)
    {
        switch (reason)
        {
            case IpDrop.Malformed:
                Malformed++;
                break;
            case IpDrop.NotForUs:
                NotForUs++;
                break;
            case IpDrop.BadSource:
                BadSources++;
                break;
            case IpDrop.SourceRoute:
                SourceRoutes++;
                break;
            case IpDrop.Fragment:
                FragmentsDropped++;
                break;
            case IpDrop.OtherProtocol:
                OtherProtocols++;
                break;
            default:
                break;
        }
    }
}
