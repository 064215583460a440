namespace NetLab.Host.Measurement.Comparison;

/// <summary>
/// Two lots of rounds of the same: medians, and the difference with an interval by bootstrap (Efron 1979): medians of rounds drawn
/// again and again with replacement. Too few rounds have no such interval, and none is made up for them.
/// </summary>
internal sealed record RunDifference
{
    /// <summary>
    /// So many values a side an interval of 95 % needs at least: three can lie wholly above three others by chance in two of the 20 ways to deal them out,
    /// which is 10 %; four above four in two of 70, which is 2.9 %.
    /// </summary>
    public const int MinValues = 4;

    private const int Draws = 10_000;

    /// <summary>What was compared.</summary>
    public required string Name { get; init; }

    /// <summary>The unit of the figures.</summary>
    public required string Unit { get; init; }

    /// <summary>The median before.</summary>
    public required double Before { get; init; }

    /// <summary>The median after.</summary>
    public required double After { get; init; }

    /// <summary>Half the distance between the quartiles before, as a share of the median; null of one value, which has none.</summary>
    public required double? SpreadBefore { get; init; }

    /// <summary>The same after.</summary>
    public required double? SpreadAfter { get; init; }

    /// <summary>How much better it is, as a share: −0.1 is a tenth slower.</summary>
    public required double Change { get; init; }

    /// <summary>The lower end of the interval that holds the change with 95 %; null where there are too few values for one.</summary>
    public required double? Low { get; init; }

    /// <summary>Its upper end.</summary>
    public required double? High { get; init; }

    /// <summary>Rounds on the smaller side.</summary>
    public required int Rounds { get; init; }

    /// <summary>Whether the values are pieces of the rounds, such as a second each, and not a figure a round.</summary>
    public bool IsOfPieces { get; init; }

    /// <summary>Whether nothing can be told apart from noise; where there is no interval, whether the figures are the same.</summary>
    public bool IsSame => this is { Low: { } low, High: { } high } ? low <= 0 && high >= 0 : Change == 0;

    /// <summary>Whether there is a difference for certain, to the 95 % of the interval.</summary>
    public bool IsCertain => Low is not null && !IsSame;

    /// <summary>Compares.</summary>
    /// <param name="name">What.</param>
    /// <param name="unit">In what.</param>
    /// <param name="lessIsBetter">Whether less is better.</param>
    /// <param name="before">Values, a round each, or a piece of a round each where the rounds are few.</param>
    /// <param name="after">Likewise.</param>
    /// <param name="rounds">How many rounds there were on the smaller side.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    public static RunDifference Of(string name, string unit, bool lessIsBetter, IReadOnlyList<double> before, IReadOnlyList<double> after, int rounds, int seed)
    {
        (double a, double b) = (Median([.. before]), Median([.. after]));
        (double Low, double High)? interval = Math.Min(before.Count, after.Count) < MinValues ? null : IntervalOf(lessIsBetter, before, after, new Random(seed));
        return new RunDifference
        {
            Name = name,
            Unit = unit,
            Before = a,
            After = b,
            SpreadBefore = Spread(before),
            SpreadAfter = Spread(after),
            Change = ChangeOf(a, b, lessIsBetter),
            Low = interval?.Low,
            High = interval?.High,
            Rounds = rounds,
        };
    }

    private static (double Low, double High) IntervalOf(bool lessIsBetter, IReadOnlyList<double> before, IReadOnlyList<double> after, Random random)
    {
        double[] changes = new double[Draws];
        for (int i = 0; i < Draws; i++)
        {
            changes[i] = ChangeOf(Median(Drawn(before, random)), Median(Drawn(after, random)), lessIsBetter);
        }

        Array.Sort(changes);
        return (changes[(int)(0.025 * Draws)], changes[(int)(0.975 * Draws)]);
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

    private static double? Spread(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
        {
            return null;
        }

        double[] sorted = [.. values.Order()];
        double median = Median([.. values]);
        return median == 0 ? 0 : (Quartile(sorted, 0.75) - Quartile(sorted, 0.25)) / 2 / median;
    }

    // Between two values where it falls between them (Hyndman and Fan 1996, definition 7).
    private static double Quartile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
