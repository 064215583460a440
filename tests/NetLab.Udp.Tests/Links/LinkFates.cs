using NetLab.Udp.Links;

namespace NetLab.Udp.Tests.Links;

/// <summary>What a model decided, for tests that need no datagrams delivered.</summary>
internal sealed class LinkFates : ILinkFates
{
    public List<LinkOutcome> Outcomes { get; } = [];

    public List<LinkChange> Changes { get; } = [];

    public void OnDecided(in LinkOutcome outcome, int slot) => Outcomes.Add(outcome);

    public void OnChanged(in LinkChange change) => Changes.Add(change);
}
