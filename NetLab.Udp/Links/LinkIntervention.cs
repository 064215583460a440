namespace NetLab.Udp.Links;

/// <summary>
/// What somebody does by hand to one datagram that is on a link, waits before it, or is still to come: see
/// <see cref="EmulatedLink{TTag}.TryIntervene"/>.
/// </summary>
/// <param name="Ordinal">The datagram's number in its direction, from 1, as <see cref="LinkOutcome.Ordinal"/> has it.</param>
/// <param name="Effect">
/// One of <see cref="LinkEffects.ScriptedDrop"/>, <see cref="LinkEffects.Duplicated"/>, <see cref="LinkEffects.HeldBack"/> and
/// <see cref="LinkEffects.Corrupted"/>.
/// </param>
/// <param name="HoldBack">How much later it leaves, if it is held back.</param>
public readonly record struct LinkIntervention(long Ordinal, LinkEffects Effect, TimeSpan HoldBack = default)
{
    /// <summary>Says what is wrong, one line, or null.</summary>
    public string? Validate() => this switch
    {
        { Ordinal: < 1 } => $"datagrams are counted from 1, not {Ordinal}",
        { Effect: not (LinkEffects.ScriptedDrop or LinkEffects.Duplicated or LinkEffects.HeldBack or LinkEffects.Corrupted) } =>
            $"a datagram is dropped, duplicated, held back or corrupted, not {Effect}",
        { Effect: LinkEffects.HeldBack, HoldBack: { Ticks: <= 0 } or { TotalHours: > 1 } } => $"a datagram is held back for up to an hour, not {HoldBack}",
        _ => null,
    };

    /// <summary>What befalls a datagram of which something else was decided.</summary>
    internal LinkOutcome ApplyTo(in LinkOutcome outcome) => Effect switch
    {
        LinkEffects.HeldBack => outcome with { Effects = outcome.Effects | Effect, DeliverAt = outcome.DeliverAt + HoldBack },

        // The middle of what it carries; an empty datagram has no bit to flip.
        LinkEffects.Corrupted when outcome.Length > 0 => outcome with { Effects = outcome.Effects | Effect, CorruptedBit = outcome.Length * 8 / 2 },
        LinkEffects.Corrupted => outcome,
        _ => outcome with { Effects = outcome.Effects | Effect },
    };
}
