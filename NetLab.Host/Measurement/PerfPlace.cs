namespace NetLab.Host.Measurement;

/// <summary>Where the two halves of a measurement are.</summary>
/// <param name="Host">The receiver's address.</param>
/// <param name="Receiver">What the receiver's command line begins with, to run where it shall.</param>
/// <param name="Sender">The same of the sender.</param>
internal sealed record PerfPlace(string Host, IReadOnlyList<string> Receiver, IReadOnlyList<string> Sender)
{
    /// <summary>Both on this machine's loopback.</summary>
    public static PerfPlace Loopback { get; } = new("127.0.0.1", [], []);

    /// <summary>Whether it is somewhere else, which has to be said to be meant.</summary>
    public bool IsRemote => Host != Loopback.Host;

    /// <summary>Both on the loopback of a network namespace.</summary>
    public static PerfPlace LoopbackOf(string name) => new(Loopback.Host, ["ip", "netns", "exec", name], ["ip", "netns", "exec", name]);
}
