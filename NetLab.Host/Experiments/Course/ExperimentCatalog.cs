using NetLab.Host.Experiments.BackEnd;
using NetLab.Host.Experiments.Real;
using NetLab.Host.Experiments.Transport;

namespace NetLab.Host.Experiments.Course;

/// <summary>The experiments there are, in the order of the course.</summary>
public static class ExperimentCatalog
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Experiment> All { get; } =
    [
        new Handshake(),
        new LostSynAck(),
        new LostAck(),
        new ThreeRepairs(),
        new SelectiveAcknowledgment(),
        new WindowAndRoundTrip(),
        new Nagle(),
        new SlowStart(),
        new Response(),
        new RandomLoss(),
        new Bufferbloat(),
        new ActiveQueues(),
        new CubicValidation(),
        new Fairness(),
        new HeadOfLine(),
        new UdpTruth(),
        new Fragments(),
        new SynFlood(),
        new TimeWait(),
        new Persist(),
        new Overhead(),
        new Binds(),
        new Queueing(),
        new Loopback(),
        new KernelNagle(),
        new KernelResponse(),
        new KernelLoss(),
        new KernelBufferbloat(),
        new KernelQueues(),
        new KernelCubic(),
        new KernelFairness(),
        new Idempotency(),
        new Resolver(),
        new Hashing(),
        new Balancing(),
        new Messaging(),
        new Caching(),
        new Consistency(),
        new Updates(),
        new Gateway(),
    ];

    /// <summary>The experiment of a name; null if there is none.</summary>
    public static Experiment? Find(string name) => All.FirstOrDefault(e => e.Name == name);

    /// <summary>The name that is least unlike a word, for "did you mean"; null if none is like it.</summary>
    public static string? Nearest(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        (string name, int distance) = All.Select(e => (e.Name, Distance(e.Name, word))).MinBy(e => e.Item2);
        return distance <= Math.Max(2, name.Length / 3) ? name : null;
    }

    // Levenshtein's: the least number of letters inserted, left out or changed.
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            (int diagonal, row[0]) = (row[0], i);
            for (int j = 1; j <= right.Length; j++)
            {
                int changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
