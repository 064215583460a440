using System.Diagnostics;
using System.Globalization;
using NetLab.Host.Relays;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Links;

/// <summary>The kernel's own limit of a rate (tc-tbf(8)) on the loopback device of a network namespace that is made for it: a yardstick for links.</summary>
internal sealed class TokenBucket : IDisposable
{
    /// <summary>What counts of a datagram there: also the header of Ethernet that loopback has.</summary>
    public const int HeaderBytes = 14 + 20 + 8;

    private readonly NetworkNamespace _namespace;

    private TokenBucket(NetworkNamespace made) => _namespace = made;

    /// <summary>The namespace.</summary>
    public string Namespace => _namespace.Name;

    /// <summary>Makes one that limits nothing yet.</summary>
    /// <param name="why">Why there is none: no right, no program, no such queue in this kernel.</param>
    public static TokenBucket? TryCreate(out string? why)
    {
        TokenBucket? made = null;
        try
        {
            NetworkNamespace.RemoveAbandoned();
            made = new TokenBucket(NetworkNamespace.Create(string.Create(CultureInfo.InvariantCulture, $"nlab-tbf-{Environment.ProcessId}")));
            made.Limit(1_000_000, 64 << 10);
            why = null;
            return made;
        }
        catch (UsageException error)
        {
            made?.Dispose();
            why = error.Message;
            return null;
        }
    }

    /// <summary>Limits the rate.</summary>
    /// <param name="bitsPerSecond">To this.</param>
    /// <param name="queue">Bytes that may wait.</param>
    /// <exception cref="UsageException">tc is missing, or refuses.</exception>
    public void Limit(long bitsPerSecond, long queue)
    {
        // A bucket of two milliseconds, and of two frames at least: a larger one would let a burst through faster than asked.
        long burst = Math.Max(2 * 1_514, bitsPerSecond / 8 / 500);
        string words = string.Create(CultureInfo.InvariantCulture, $"-n {Namespace} qdisc replace dev lo root tbf rate {bitsPerSecond}bit burst {burst}b limit {queue}b");
        try
        {
            using Process tc = Process.Start(new ProcessStartInfo("tc", words.Split(' ')) { RedirectStandardError = true })!;
            string said = tc.StandardError.ReadToEnd().Trim();
            tc.WaitForExit();
            if (tc.ExitCode != 0)
            {
                throw new UsageException($"tc {words}: {said.ReplaceLineEndings(" ")}");
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new UsageException("tc: is not installed; Debian's package is iproute2");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _namespace.Dispose();
}
