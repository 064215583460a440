namespace NetLab.Osi.Session;

/// <summary>
/// How many segments that were not acknowledged all connections together may remember: a capture that has one direction
/// only never sees them acknowledged.
/// </summary>
internal sealed class SegmentRoom
{
    // 24 bytes each.
    private const int MaxSegments = 1 << 20;

    private int _taken;

    /// <summary>Takes room for so many segments more.</summary>
    public bool TryTake(int segments)
    {
        if (_taken + segments > MaxSegments)
        {
            return false;
        }

        _taken += segments;
        return true;
    }

    /// <summary>Gives room back.</summary>
    public void Return(int segments) => _taken -= segments;
}
