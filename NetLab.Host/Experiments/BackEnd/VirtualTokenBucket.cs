using System.Threading.RateLimiting;
using NetLab.Host.Experiments.Networks;

namespace NetLab.Host.Experiments.BackEnd;

/// <summary>
/// A token bucket as ASP.NET Core's middleware takes one, in virtual time: .NET's own goes by the clock on the wall. One thread.
/// </summary>
/// <param name="network">Whose time it is.</param>
/// <param name="perSecond">Tokens it gets a second.</param>
/// <param name="size">Tokens it holds; full at first.</param>
internal sealed class VirtualTokenBucket(LabNetwork network, double perSecond, double size) : RateLimiter
{
    // What is missing from a full bucket.
    private double _taken;
    private TimeSpan _filledAt;

    /// <inheritdoc/>
    public override TimeSpan? IdleDuration => null;

    /// <inheritdoc/>
    public override RateLimiterStatistics? GetStatistics() => null;

    /// <inheritdoc/>
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        _taken = Math.Max(0, _taken - ((network.Now - _filledAt).TotalSeconds * perSecond));
        _filledAt = network.Now;
        bool isAdmitted = _taken + permitCount <= size;
        _taken += isAdmitted ? permitCount : 0;
        return isAdmitted ? Lease.Admitted : Lease.Refused;
    }

    /// <inheritdoc/>
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => new(AttemptAcquireCore(permitCount));

    private sealed class Lease(bool isAcquired) : RateLimitLease
    {
        public static readonly Lease Admitted = new(true);
        public static readonly Lease Refused = new(false);

        public override bool IsAcquired => isAcquired;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}
