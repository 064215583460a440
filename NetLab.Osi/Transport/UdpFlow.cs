using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>A UDP conversation.</summary>
internal sealed class UdpFlow(int number) : MessageConversation(number)
{
    /// <summary>Packets from the lower end to the higher, and their bytes on the wire.</summary>
    public (long Packets, long Bytes) FromLow { get; set; }

    /// <summary>Packets from the higher end to the lower, and their bytes on the wire.</summary>
    public (long Packets, long Bytes) FromHigh { get; set; }

    /// <summary>Whether the lower end sent the first packet.</summary>
    public bool BeganLow { get; set; }

    /// <summary>Counts a packet.</summary>
    public void Count(bool fromLow, long bytes)
    {
        if (fromLow)
        {
            FromLow = (FromLow.Packets + 1, FromLow.Bytes + bytes);
        }
        else
        {
            FromHigh = (FromHigh.Packets + 1, FromHigh.Bytes + bytes);
        }
    }

    /// <summary>Whether it was seen to carry NetLab's TCP.</summary>
    public bool CarriesTcp { get; set; }

    /// <summary>Datagrams that looked like segments so far.</summary>
    public int TcpLikeDatagrams { get; set; }
}
