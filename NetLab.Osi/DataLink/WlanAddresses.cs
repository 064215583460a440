using System.Buffers.Binary;

namespace NetLab.Osi.DataLink;

/// <summary>
/// Which of a frame's addresses plays which part (IEEE 802.11-2020, 9.2.4.3 and 9.3): places in the header, 0 where the frame has none.
/// </summary>
internal readonly record struct WlanAddresses(int Receiver, int Transmitter, int Destination, int Source, int Bssid)
{
    private const int First = 4;
    private const int Second = 10;
    private const int Third = 16;
    private const int Fourth = 24;

    public static WlanAddresses Of(ReadOnlySpan<byte> header)
    {
        int control = BinaryPrimitives.ReadUInt16LittleEndian(header);
        int subtype = (control >> 4) & 15;
        return ((control >> 2) & 3) switch
        {
            0 => new(First, Second, First, Second, Third),
            1 => OfControl(subtype),
            2 => ((control >> 8) & 3) switch
            {
                0 => new(First, Second, First, Second, Third),
                1 => new(First, Second, Third, Second, First),
                2 => new(First, Second, First, Third, Second),
                _ => new(First, Second, Third, Fourth, 0),
            },
            _ => subtype == 0 ? new(First, 0, 0, 0, First) : new(First, 0, 0, First, 0),
        };
    }

    private static WlanAddresses OfControl(int subtype) => subtype switch
    {
        // Poll of a sleeper: the access point is also the receiver; end of a contention-free period: the sender is the access point.
        WlanControl.PowerSavePoll => new(First, Second, 0, 0, First),
        WlanControl.ContentionFreeEnd => new(First, 0, 0, 0, Second),
        _ => new(First, WlanControl.HasTransmitter(subtype) ? Second : 0, 0, 0, 0),
    };
}
