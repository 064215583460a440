namespace NetLab.Udp.Links;

/// <summary>What befalls datagrams by name and count, each line of it once: drops, and what else a script does.</summary>
/// <param name="match">What the names mean; null if there are none.</param>
internal sealed class LinkScript(DatagramMatch? match)
{
    private LinkDirection _direction = new();
    private int[] _dropsMatched = [];
    private int[] _faultsMatched = [];

    /// <summary>Takes the lines of a direction. Those that are the same as before go on counting, unless it begins again.</summary>
    /// <param name="direction">The direction from now on.</param>
    /// <param name="restart">Whether all begin again.</param>
    public void Follow(LinkDirection direction, bool restart)
    {
        if (restart || !_direction.Drops.SequenceEqual(direction.Drops))
        {
            _dropsMatched = new int[direction.Drops.Length];
        }

        if (restart || !_direction.Faults.SequenceEqual(direction.Faults))
        {
            _faultsMatched = new int[direction.Faults.Length];
        }

        _direction = direction;
    }

    /// <summary>Whether it is a datagram's turn to be dropped.</summary>
    public bool Drops(ReadOnlySpan<byte> datagram)
    {
        bool dropped = false;
        for (int i = 0; i < _dropsMatched.Length; i++)
        {
            ScriptedDrop drop = _direction.Drops[i];
            dropped |= match!(drop.Name, datagram) && ++_dropsMatched[i] == drop.Ordinal;
        }

        return dropped;
    }

    /// <summary>What else it does to a datagram, and for how long it holds it back.</summary>
    public (LinkEffects Effects, TimeSpan HoldBack) FaultsOf(ReadOnlySpan<byte> datagram)
    {
        LinkEffects effects = LinkEffects.None;
        TimeSpan holdBack = TimeSpan.Zero;
        for (int i = 0; i < _faultsMatched.Length; i++)
        {
            ScriptedFault fault = _direction.Faults[i];
            if (match!(fault.Name, datagram) && ++_faultsMatched[i] == fault.Ordinal)
            {
                effects |= fault.Effect;
                holdBack += fault.HoldBack;
            }
        }

        return (effects, holdBack);
    }

    /// <summary>Sees whether a direction can be followed.</summary>
    /// <exception cref="ArgumentException">It names datagrams, and nothing tells what names mean.</exception>
    public void Check(LinkDirection direction)
    {
        if (match is null && (direction.IsScripted || direction.Steps.Any(step => step.Direction.IsScripted)))
        {
            throw new ArgumentException("Scripted drops need something that tells what their names mean.", nameof(direction));
        }
    }
}
