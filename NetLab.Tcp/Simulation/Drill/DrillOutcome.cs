namespace NetLab.Tcp.Simulation.Drill;

/// <summary>What a script came to.</summary>
public enum DrillOutcome
{
    /// <summary>The machine did what the script says.</summary>
    Passes,

    /// <summary>It did something else.</summary>
    Differs,

    /// <summary>The script asks for something that cannot be expressed here, or is no script.</summary>
    CannotExpress,
}
