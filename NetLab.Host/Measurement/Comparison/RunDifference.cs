namespace NetLab.Host.Measurement.Comparison;

/// <summary>
/// Two lots of rounds of the same: medians, and the difference with an interval by bootstrap (Efron 1979): medians of rounds drawn
/// again and again with replacement.
/// </summary>
internal sealed record RunDifference
{
    private const int Draws = 10_000;

    /// <summary>What was compared.</summary>
    public required string Name { get; init; }

    /// <summary>The unit of the figures.</summary>
    public required string Unit { get; init; }

    /// <summary>The median before.</summary>
    public required double Before { get; init; }

    /// <summary>The median after.</summary>
    public required double After { get; init; }

    /// <summary>Half the distance between the quartiles before, as a share of the median.</summary>
    public required double SpreadBefore { get; init; }

    /// <summary>The same after.</summary>
    public required double SpreadAfter { get; init; }

    /// <summary>How much better it is, as a share: −0.1 is a tenth slower.</summary>
    public required double Change { get; init; }

    /// <summary>The lower end of the interval that holds the change with 95 %.</summary>
    public required double Low { get; init; }

    /// <summary>Its upper end.</summary>
    public required double High { get; init; }

    /// <summary>Rounds on the smaller side.</summary>
    public required int Rounds { get; init; }

    /// <summary>Whether nothing can be told apart from noise.</summary>
    public bool IsSame => Low <= 0 && High >= 0;

    /// <summary>Compares.</summary>
    /// <param name="name">What.</param>
    /// <param name="unit">In what.</param>
    /// <param name="lessIsBetter">Whether less is better.</param>
    /// <param name="before">Values, a round each, or a piece of a round each where there was one round.</param>
    /// <param name="after">Likewise.</param>
    /// <param name="rounds">How many rounds there were on the smaller side.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    public static RunDifference Of(string name, string unit, bool lessIsBetter, IReadOnlyList<double> before, IReadOnlyList<double> after, int rounds, int seed)
    {
        var random = new Random(seed);
        double[] changes = new double[Draws];
        for (int i = 0; i < Draws; i++)
        {
            changes[i] = ChangeOf(Median(Drawn(before, random)), Median(Drawn(after, random)), lessIsBetter);
        }

        Array.Sort(changes);
        (double a, double b) = (Median([.. before]), Median([.. after]));
        return new RunDifference
        {
            Name = name,
            Unit = unit,
            Before = a,
            After = b,
            SpreadBefore = Spread(before),
            SpreadAfter = Spread(after),
            Change = ChangeOf(a, b, lessIsBetter),
            Low = changes[(int)(0.025 * Draws)],
            High = changes[(int)(0.975 * Draws)],
            Rounds = rounds,
        };
    }

    private static double ChangeOf(double before, double after, bool lessIsBetter) =>
        before == 0 && after == 0 ? 0
        : lessIsBetter ? (after == 0 ? 1 : (before / after) - 1)
        : before == 0 ? 1 : (after / before) - 1;

    private static double[] Drawn(IReadOnlyList<double> values, Random random)
    {
        double[] drawn = new double[values.Count];
        for (int i = 0; i < drawn.Length; i++)
        {
            drawn[i] = values[random.Next(values.Count)];
        }

        return drawn;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        int middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static double Spread(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        double median = Median([.. values]);
        return median == 0 ? 0 : (sorted[(int)(0.75 * (sorted.Length - 1))] - sorted[(int)(0.25 * (sorted.Length - 1))]) / 2 / median;
    }
}
