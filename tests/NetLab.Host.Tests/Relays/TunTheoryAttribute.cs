namespace NetLab.Host.Tests.Relays;

/// <summary>A theory that makes network namespaces with TUN devices in them.</summary>
public sealed class TunTheoryAttribute : TheoryAttribute
{
    public TunTheoryAttribute() => Skip = new TunFactAttribute().Skip;
}
