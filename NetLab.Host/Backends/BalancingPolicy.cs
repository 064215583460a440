using System.Globalization;
using NetLab.Host.Settings;

namespace NetLab.Host.Backends;

/// <summary>How a balancer chooses a backend.</summary>
/// <param name="Name">One of <see cref="Names"/>.</param>
/// <param name="Nodes">Virtual nodes a backend, of consistent hashing.</param>
/// <param name="ByAddress">Whether a client is its address alone, of consistent hashing; otherwise its address and port.</param>
/// <param name="Seed">The seed of everything random.</param>
internal sealed record BalancingPolicy(string Name, int Nodes, bool ByAddress, ulong Seed)
{
    private const string Round = "round-robin";
    private const string Chance = "random";
    private const string Two = "two-choices";
    private const string Least = "least-connections";
    private const string Hash = "consistent-hash";

    // The spread of load is 1/√K of the mean: 8 %.
    private const int DefaultNodes = 160;
    private const int MaxNodes = 10_000;

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = [Round, Chance, Two, Least, Hash];

    /// <summary>Whether anything about it is random.</summary>
    public bool IsRandom => Name is Chance or Two or Hash;

    /// <summary>Reads one, such as <c>two-choices,seed=7</c> or <c>consistent-hash,nodes=160,key=address</c>; least connections if nothing is said.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static BalancingPolicy Parse(string? text)
    {
        Dictionary<string, string> values = KeyedText.Read(text ?? Least, "Policy", ["", "nodes", "key", "seed"]);
        string name = values.GetValueOrDefault("") ?? "";
        if (!Names.Contains(name))
        {
            throw new UsageException($"Policy '{text}': the policies are {string.Join(", ", Names)}");
        }

        if (name != Hash && (values.ContainsKey("nodes") || values.ContainsKey("key")))
        {
            throw new UsageException($"Policy '{text}': nodes and key are of {Hash}");
        }

        string nodes = values.GetValueOrDefault("nodes") ?? DefaultNodes.ToString(CultureInfo.InvariantCulture);
        if (!int.TryParse(nodes, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count is < 1 or > MaxNodes)
        {
            throw new UsageException($"Policy '{text}': nodes={nodes}: 1 to {MaxNodes} virtual nodes a backend");
        }

        string key = values.GetValueOrDefault("key") ?? "flow";
        if (key is not ("flow" or "address"))
        {
            throw new UsageException($"Policy '{text}': key={key}: flow (address and port of the client) or address");
        }

        ulong seed = !values.TryGetValue("seed", out string? said) ? Seeds.Draw()
            : ulong.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number
            : throw new UsageException($"Policy '{text}': seed={said}: a whole number");
        return new BalancingPolicy(name, count, key == "address", seed);
    }

    /// <summary>What chooses by it.</summary>
    public IChooser NewChooser() => Name switch
    {
        Round => new RoundRobin(),
        Chance => new RandomChoice(1, NewRandom()),
        Two => new RandomChoice(2, NewRandom()),
        Hash => new ConsistentHash(Nodes, ByAddress, Seed),
        _ => new LeastConnections(),
    };

    private Random NewRandom() => new(unchecked((int)(Seed ^ (Seed >> 32))));
}
