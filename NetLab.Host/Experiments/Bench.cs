using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;

namespace NetLab.Host.Experiments;

/// <summary>
/// What an experiment works with during one run: networks, the values of its parameters and the seed on one side; measures, laws and
/// pictures on the other. One thread.
/// </summary>
public sealed class Bench
{
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly Mutation? _mutation;
    private readonly List<Measure> _measures = [];
    private readonly List<Law> _laws = [];
    private readonly List<Picture> _pictures = [];
    private readonly List<(string Title, IReadOnlyList<string> Lines)> _ladders = [];
    private readonly List<LabNetwork> _networks = [];

    internal Bench(ulong seed, IReadOnlyDictionary<string, string> settings, Mutation? mutation, CancellationToken cancellationToken)
    {
        Seed = seed;
        _settings = settings;
        _mutation = mutation;
        CancellationToken = cancellationToken;
    }

    /// <summary>The seed of everything random.</summary>
    public ulong Seed { get; }

    /// <summary>How many runs, each with a seed of its own, the laws are judged over: of many, each may be shorter.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>Ends when nobody waits for the run any more.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Whether pictures will be looked at. Where they are not, they need not be made.</summary>
    public bool WantsPictures { get; init; } = true;

    /// <summary>The value of a parameter: what was set, or its default.</summary>
    public T Get<T>(Parameter<T> parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Read(_settings.GetValueOrDefault(parameter.Name, parameter.Default));
    }

    /// <summary>How much of a long run is enough: all of it, or a fifth of the runs' share where several are judged together by their mean.</summary>
    /// <param name="whole">How much a run alone takes.</param>
    public int PerRun(int whole) => whole / Math.Max(1, Runs / 5);

    /// <summary>Whether the experiment is to break something of its own; see <see cref="Mutation.IsOwn"/>.</summary>
    public bool IsBroken(string mutation) => _mutation?.Name == mutation;

    /// <summary>A network without hosts, in virtual time that begins at zero.</summary>
    public LabNetwork NewNetwork()
    {
        var network = new LabNetwork(Seed + ((ulong)_networks.Count * 0x9E37_79B9_7F4A_7C15), _mutation, CancellationToken);
        _networks.Add(network);
        return network;
    }

    /// <summary>A generator of random numbers that the seed determines.</summary>
    public Random NewRandom() => new(unchecked((int)(Seed ^ (Seed >> 32))));

    /// <summary>Notes a figure.</summary>
    public void Measure(string name, double value, string unit = "") => _measures.Add(new Measure(name, value, unit));

    /// <summary>Judges a law that names a figure, with a share by which it may be missed.</summary>
    /// <param name="name">What it is about.</param>
    /// <param name="got">What came out.</param>
    /// <param name="expected">What theory says.</param>
    /// <param name="tolerance">How far it may be off, as a share of what theory says; 0 for not at all.</param>
    /// <param name="unit">The unit of both.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="isRandom">Whether chance has a part in it.</param>
    public void Law(string name, double got, double expected, double tolerance, string unit, string source, bool isRandom = false)
    {
        double margin = Math.Abs(expected) * tolerance;

        // What is exact in theory is a sum of many ticks in practice.
        margin = Math.Max(margin, Math.Abs(expected) * 1e-9);
        _laws.Add(new Law(name, unit, expected - margin, expected + margin, got, source) { Expected = expected, IsRandom = isRandom });
    }

    /// <summary>Judges a law that names a band.</summary>
    /// <param name="name">What it is about.</param>
    /// <param name="got">What came out.</param>
    /// <param name="low">The least that agrees.</param>
    /// <param name="high">The most that agrees.</param>
    /// <param name="unit">The unit of all three.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="isRandom">Whether chance has a part in it.</param>
    public void LawBetween(string name, double got, double low, double high, string unit, string source, bool isRandom = false) =>
        _laws.Add(new Law(name, unit, low, high, got, source) { IsRandom = isRandom });

    /// <summary>Judges a law that says yes or no.</summary>
    public void LawTrue(string name, bool got, string source) => _laws.Add(new Law(name, "", 1, 1, got ? 1 : 0, source) { Expected = 1, IsStatement = true });

    /// <summary>Adds a picture of one or more charts, one below the other.</summary>
    /// <param name="name">Its name: lower case, words joined by hyphens; one of its own.</param>
    /// <param name="title">The line above it.</param>
    /// <param name="charts">The charts; made only where pictures are wanted.</param>
    public void Picture(string name, string title, params Func<Chart>[] charts)
    {
        ArgumentNullException.ThrowIfNull(charts);
        if (WantsPictures)
        {
            _pictures.Add(new Picture(name, new Figure(title, [.. charts.Select(c => c())]) { Footer = $"seed {Seed}" }));
        }
    }

    /// <summary>Adds the ladder of a conversation as text.</summary>
    /// <param name="title">The line above it.</param>
    /// <param name="lines">The ladder, such as <see cref="LabFlow.Ladder"/> gives.</param>
    public void Ladder(string title, IEnumerable<string> lines) => _ladders.Add((title, [.. lines]));

    internal ExperimentResult Result(Experiment experiment) =>
        new(experiment, Seed, _settings, _measures, _laws, _pictures, _ladders, _networks);
}
