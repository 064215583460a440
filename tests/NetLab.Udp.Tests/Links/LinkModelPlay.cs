using NetLab.Udp.Links;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Links;

/// <summary>Datagrams for a model, and what it decides about them.</summary>
internal static class LinkModelPlay
{
    /// <summary>Lets a datagram pass a link without a line: its fate is decided at once.</summary>
    public static LinkOutcome Pass(this LinkModel model, Instant now, byte[] datagram, EcnCodepoint ecn = EcnCodepoint.NotEct)
    {
        var fates = new LinkFates();
        model.Fates = fates;
        model.Enter(now, datagram, ecn);
        return Assert.Single(fates.Outcomes);
    }

    /// <summary>Lets datagrams pass, until all have left; the outcomes come in the order of entry.</summary>
    public static List<LinkOutcome> PassAll(this LinkModel model, IEnumerable<(Instant At, int Length)> datagrams, EcnCodepoint ecn = EcnCodepoint.NotEct)
    {
        var fates = new LinkFates();
        model.Fates = fates;
        foreach ((Instant at, int length) in datagrams)
        {
            model.Enter(at, new byte[length], ecn);
        }

        while (model.QueuedDatagrams > 0)
        {
            model.Advance(model.NextEvent);
        }

        return [.. fates.Outcomes.OrderBy(outcome => outcome.Ordinal)];
    }
}
