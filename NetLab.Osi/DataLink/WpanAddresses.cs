namespace NetLab.Osi.DataLink;

/// <summary>Which addresses an 802.15.4 frame has, by its control field (IEEE 802.15.4-2020, 7.2.2).</summary>
internal readonly struct WpanAddresses
{
    private const int Compression = 0x0040;

    public WpanAddresses(int control)
    {
        int version = (control >> 12) & 3;
        DestinationSize = SizeOf((control >> 10) & 3);
        SourceSize = SizeOf((control >> 14) & 3);
        HasSequence = version < 2 || (control & 0x0100) == 0;
        bool isCompressed = (control & Compression) != 0;
        (bool destination, bool source) = version < 2
            ? (DestinationSize > 0, SourceSize > 0 && !(isCompressed && DestinationSize > 0))
            : NetworksOf(DestinationSize, SourceSize, isCompressed);
        (DestinationNetworkSize, SourceNetworkSize) = (destination ? 2 : 0, source ? 2 : 0);
    }

    public bool HasSequence { get; }

    public int DestinationSize { get; }

    public int DestinationNetworkSize { get; }

    public int SourceSize { get; }

    public int SourceNetworkSize { get; }

    public int HeaderSize => 2 + (HasSequence ? 1 : 0) + DestinationNetworkSize + DestinationSize + SourceNetworkSize + SourceSize;

    // 0 none, 1 reserved, 2 short, 3 long.
    private static int SizeOf(int mode) => mode switch { 2 => 2, 3 => 8, _ => 0 };

    // Table 7-2, frame version 2.
    private static (bool Destination, bool Source) NetworksOf(int destination, int source, bool isCompressed)
    {
        if (destination == 0 && source == 0)
        {
            return (isCompressed, false);
        }

        if (destination == 0 || source == 0)
        {
            return (destination > 0 && !isCompressed, source > 0 && !isCompressed);
        }

        return destination == 8 && source == 8 ? (!isCompressed, false) : (true, !isCompressed);
    }
}
