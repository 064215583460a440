using System.Collections.Immutable;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>When a direction of a link changes: the steps of its schedule, and its outages.</summary>
internal sealed class LinkTimeline
{
    private LinkDirection _direction;
    private Instant _origin;
    private int _passed;
    private Instant _nextToggle;

    /// <summary>Makes a timeline.</summary>
    /// <param name="direction">What the link does first, and its steps.</param>
    /// <param name="origin">What they count from.</param>
    public LinkTimeline(LinkDirection direction, Instant origin)
    {
        _direction = direction;
        Steps = direction.Steps;
        _origin = origin;
        _nextToggle = ToggleAfter(origin);
    }

    /// <summary>The steps, all of them.</summary>
    public ImmutableArray<LinkStep> Steps { get; private set; }

    /// <summary>When it changes next.</summary>
    public Instant NextChange => Instant.Min(NextStep, _nextToggle);

    private Instant NextStep => _passed < Steps.Length ? _origin + Steps[_passed].At : Instant.Never;

    /// <summary>Begins again with another direction.</summary>
    public void Restart(LinkDirection direction, Instant origin)
    {
        (_direction, Steps, _origin, _passed) = (direction, direction.Steps, origin, 0);
        _nextToggle = ToggleAfter(origin);
    }

    /// <summary>Goes past the next change.</summary>
    /// <returns>The new direction; null when an outage begins or ends.</returns>
    public LinkDirection? Pass()
    {
        Instant at = NextChange;
        LinkDirection? step = null;
        if (NextStep == at)
        {
            step = _direction = Steps[_passed++].Direction;
        }

        _nextToggle = ToggleAfter(at);
        return step;
    }

    /// <summary>Whether the link is down at a moment.</summary>
    public bool IsDownAt(Instant moment)
    {
        if (_direction.IsDown || _direction.Outage is not { } outage)
        {
            return _direction.IsDown;
        }

        // Each period ends with its outage.
        return (moment - _origin).Ticks % outage.Every.Ticks >= (outage.Every - outage.Length).Ticks;
    }

    private Instant ToggleAfter(Instant moment)
    {
        if (_direction.Outage is not { } outage || _direction.IsDown)
        {
            return Instant.Never;
        }

        (long period, long within) = Math.DivRem((moment - _origin).Ticks, outage.Every.Ticks);
        long begins = (outage.Every - outage.Length).Ticks;
        return _origin + TimeSpan.FromTicks((period * outage.Every.Ticks) + (within < begins ? begins : outage.Every.Ticks));
    }
}
