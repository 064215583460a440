using NetLab.Host.Measurement.Links;

namespace NetLab.Host.Tests.Relays;

/// <summary>A test that makes a network namespace with the kernel's token bucket in it.</summary>
public sealed class TokenBucketFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(() =>
    {
        using TokenBucket? bucket = OperatingSystem.IsLinux() ? TokenBucket.TryCreate(out string? why) : null;
        return bucket is null ? "needs Linux, root and tc (iproute2) with tbf" : null;
    });

    public TokenBucketFactAttribute() => Skip = Missing.Value;
}
