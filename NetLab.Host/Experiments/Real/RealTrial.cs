namespace NetLab.Host.Experiments.Real;

/// <summary>A link between two namespaces, and who sends through it.</summary>
/// <param name="Name">What tells it from the others.</param>
/// <param name="Link">The link; up is where the data goes.</param>
/// <param name="Senders">Who sends.</param>
internal sealed record RealTrial(string Name, string Link, params IReadOnlyList<RealSender> Senders)
{
    /// <summary>A trial of one sender, named after it.</summary>
    public static RealTrial Of(RealSender sender, string link) => new(sender.Name, link, sender);
}
