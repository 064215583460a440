namespace NetLab.Host.Experiments;

/// <summary>Random amounts that lessons need beside those of <see cref="Random"/>.</summary>
internal static class RandomExtensions
{
    /// <summary>An amount of the exponential distribution: the time between arrivals that know nothing of one another.</summary>
    /// <param name="random">The generator.</param>
    /// <param name="mean">The mean, which is also the unit of the result.</param>
    public static double NextExponential(this Random random, double mean) => -Math.Log(1 - random.NextDouble()) * mean;
}
