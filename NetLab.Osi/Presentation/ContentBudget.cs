using NetLab.Osi.Protocols;

namespace NetLab.Osi.Presentation;

/// <summary>
/// How many bytes the bodies of a whole capture may become when their codings are removed. A few bytes can say to write
/// millions, layer upon layer; ordinary bodies grow ten times or so.
/// </summary>
internal sealed class ContentBudget
{
    public static readonly MemorySlot<ContentBudget> Slot = new(static () => new ContentBudget());

    // As much as a packet may bring to light in some ten milliseconds, for bodies of a single byte many times over.
    private const long Initial = 8 << 20;

    // What a body adds: any of this size is decoded, and larger ones as long as they grow no more than a hundred times.
    private const long PerBody = 64 << 10;
    private const int PerCodedByte = 100;
    private const long Max = 256 << 20;

    private long _left = Initial;

    /// <summary>A body of so many bytes is to be decoded.</summary>
    public void Begin(long codedBytes) => _left = Math.Min(Max, _left + PerBody + (PerCodedByte * codedBytes));

    /// <summary>A stage of a body gave so many bytes.</summary>
    /// <returns>False when it is more than it may.</returns>
    public bool TrySpend(int bytes)
    {
        _left = Math.Max(0, _left - bytes);
        return _left > 0;
    }
}
