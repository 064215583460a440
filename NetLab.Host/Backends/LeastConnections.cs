namespace NetLab.Host.Backends;

/// <summary>The one with the fewest open connections; of several, each in turn.</summary>
internal sealed class LeastConnections : IChooser
{
    private uint _next;

    /// <inheritdoc/>
    public int Choose(Backend[] ready, string client)
    {
        // From another one on each time: the first would get all that comes while nothing is open.
        int first = (int)(_next++ % (uint)ready.Length);
        int best = first;
        for (int i = 1; i < ready.Length; i++)
        {
            int other = (first + i) % ready.Length;
            best = ready[other].Open < ready[best].Open ? other : best;
        }

        return best;
    }
}
