namespace NetLab.Host.Backends;

/// <summary>
/// One of them at random, or, of several at random, the one with the fewest open connections: with two, the fullest of n has ln ln n ÷ ln 2 more than
/// the mean instead of ln n ÷ ln ln n (Azar et al. 1999).
/// </summary>
/// <param name="choices">How many are looked at.</param>
/// <param name="random">Draws.</param>
internal sealed class RandomChoice(int choices, Random random) : IChooser
{
    /// <inheritdoc/>
    public int Choose(Backend[] ready, string client)
    {
        int best = random.Next(ready.Length);
        for (int i = 1; i < choices; i++)
        {
            int other = random.Next(ready.Length);
            best = ready[other].Open < ready[best].Open ? other : best;
        }

        return best;
    }
}
