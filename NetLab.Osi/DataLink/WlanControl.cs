namespace NetLab.Osi.DataLink;

/// <summary>Subtypes of 802.11 control frames (IEEE 802.11-2020, table 9-1).</summary>
internal static class WlanControl
{
    public const int Extension = 6;
    public const int PowerSavePoll = 10;
    public const int ContentionFreeEnd = 14;

    private const int Wrapper = 7;
    private const int ClearToSend = 12;
    private const int Acknowledgment = 13;

    /// <summary>Whether the second address is the transmitter's.</summary>
    public static bool HasTransmitter(int subtype) => subtype is not (0 or 1 or Extension or Wrapper or ClearToSend or Acknowledgment or ContentionFreeEnd);

    /// <summary>Bytes of header, as far as it is the same for all frames of the subtype.</summary>
    public static int HeaderLength(int subtype) => subtype is ClearToSend or Acknowledgment or 0 or 1 or Extension or Wrapper ? 10 : 16;
}
