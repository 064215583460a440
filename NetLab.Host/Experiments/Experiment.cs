using NetLab.Host.Experiments.Networks;

namespace NetLab.Host.Experiments;

/// <summary>
/// A lesson: a question, a network, what is measured on it, and the laws that must hold. One file each, read from top to bottom: title,
/// question, parameters, the run with its measures, laws and pictures, and the explanation with its sources.
/// </summary>
public abstract class Experiment
{
    /// <summary>The name on the command line: lower case, words joined by hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>The title, a few words.</summary>
    public abstract string Title { get; }

    /// <summary>One sentence that says what is tried.</summary>
    public abstract string Summary { get; }

    /// <summary>What to predict before it runs.</summary>
    public abstract string Question { get; }

    /// <summary>What can be set, with units, defaults and ranges.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => [];

    /// <summary>What came out, and why; where a figure differs from the source's, why it does.</summary>
    public abstract string Explanation { get; }

    /// <summary>Where the laws come from: RFCs with section, papers.</summary>
    public abstract IReadOnlyList<string> Sources { get; }

    /// <summary>Whether it runs on real sockets and the clock on the wall; otherwise in virtual time.</summary>
    public virtual bool IsReal => false;

    /// <summary>What is missing here that it cannot be run without, such as a right: one line; null for nothing.</summary>
    public virtual string? Missing => null;

    /// <summary>Whether chance has a part in it; otherwise every seed gives the same figures.</summary>
    public virtual bool HasChance => false;

    /// <summary>
    /// How many runs with seeds of their own tell something: where chance has no part, a second one shows that the seed does not matter, and a third would
    /// show nothing more.
    /// </summary>
    public virtual int MaxRuns => HasChance ? int.MaxValue : 2;

    /// <summary>About how many seconds one run takes on one processor of today; a note for the list.</summary>
    public virtual double TypicalSeconds => 0.1;

    /// <summary>
    /// Ways to break what the laws are about, each of which has to make a law fail: what shows that the laws are able to. Also what a
    /// student may try with <c>--break NAME</c>.
    /// </summary>
    public virtual IReadOnlyList<Mutation> Mutations => [];

    /// <summary>Runs it once.</summary>
    /// <param name="bench">Gives networks, the values of the parameters and the seed; takes measures, laws and pictures.</param>
    public abstract void Run(Bench bench);
}
