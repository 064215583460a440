namespace NetLab.Udp.Links.Paths;

/// <summary>
/// Loses as a <see cref="PathRecord"/> has lost. Where exactly, the draws say; how many, they do not: what the share asks for is owed, and
/// paid in runs, so that a replay has the loss of the record and not one near it.
/// </summary>
internal sealed class RecordedLoss
{
    // Beyond this a path carries nothing, and owes nothing for it.
    private const double Everything = 0.999;

    private double _owed;
    private double _threshold = double.NaN;
    private long _left;

    /// <summary>Whether a datagram is lost.</summary>
    /// <param name="path">What is played.</param>
    /// <param name="since">When it enters, since the path's beginning.</param>
    /// <param name="draw">Uniform in [0, 1), of this datagram.</param>
    public bool IsLost(PathRecord path, TimeSpan since, double draw)
    {
        double share = path.LossAt(since);
        if (share >= Everything)
        {
            return true;
        }

        _threshold = double.IsNaN(_threshold) ? draw * path.Burst : _threshold;
        _owed += share;
        if (_left == 0 && (share <= 0 || _owed < _threshold))
        {
            return false;
        }

        if (_left == 0)
        {
            // Runs of this mean length, as a Gilbert–Elliott chain has them.
            _left = path.Burst <= 1 ? 1 : 1 + (long)(Math.Log(1 - draw) / Math.Log(1 - (1 / path.Burst)));
            _threshold = double.NaN;
        }

        _left--;
        _owed--;
        return true;
    }
}
