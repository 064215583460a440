using NetLab.Udp.Links.Paths;
using NetLab.Udp.Links.Queues;

namespace NetLab.Udp.Links;

/// <summary>Says which datagrams a link loses at random: alone, in bursts, or as a recorded path did.</summary>
/// <param name="random">The link's random numbers.</param>
internal sealed class LossProcess(LinkRandom random)
{
    private RecordedLoss _recorded = new();
    private bool _inBurst;

    /// <summary>A recorded path begins.</summary>
    public void Restart() => _recorded = new RecordedLoss();

    /// <summary>Whether a datagram is lost.</summary>
    /// <param name="link">What the link does now.</param>
    /// <param name="ordinal">Which datagram.</param>
    /// <param name="since">When it enters, since the recorded path's beginning.</param>
    public bool IsLost(LinkDirection link, long ordinal, TimeSpan since)
    {
        if (link.Path is { } path)
        {
            return _recorded.IsLost(path, since, random.Share(ordinal, LinkRandom.Purpose.Loss));
        }

        if (link.Loss <= 0)
        {
            _inBurst = false;
            return false;
        }

        double draw = random.Share(ordinal, LinkRandom.Purpose.Loss);
        if (link.Burst <= 1 || link.Loss >= 1)
        {
            return draw < link.Loss;
        }

        // Gilbert–Elliott with loss 1 in the bad state and 0 in the good one: bursts last 1/r on the mean, and the
        // chain is in the bad state with probability p/(p+r), which has to be the loss asked for.
        double leave = 1 / link.Burst;
        double enter = leave * link.Loss / (1 - link.Loss);
        _inBurst = _inBurst ? draw >= leave : draw < enter;
        return _inBurst;
    }
}
