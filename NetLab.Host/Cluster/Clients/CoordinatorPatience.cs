namespace NetLab.Cluster.Clients;

/// <summary>How long a command waits for a coordinator: until the others have noticed that its node is gone, and one of them goes on.</summary>
/// <param name="note">Told which node coordinates.</param>
internal sealed class CoordinatorPatience(Action<string> note)
{
    // Six seconds until a node that died is known to have, and as many again for one on a busy machine, several times over.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private string? _coordinator;
    private long _lastAnswer = TimeProvider.System.GetTimestamp();

    /// <summary>A coordinator has answered.</summary>
    /// <returns>Whether it is another one than before.</returns>
    public bool OnAnswer(string coordinator)
    {
        _lastAnswer = TimeProvider.System.GetTimestamp();
        if (_coordinator == coordinator)
        {
            return false;
        }

        note(_coordinator is null ? $"{coordinator} coordinates" : $"{_coordinator} is gone: {coordinator} coordinates now");

        _coordinator = coordinator;
        return true;
    }

    /// <summary>None has answered.</summary>
    /// <exception cref="IOException">For too long.</exception>
    public void OnSilence(Exception error)
    {
        if (TimeProvider.System.GetElapsedTime(_lastAnswer) > Timeout)
        {
            throw new IOException("no node of the cluster answers any more", error);
        }
    }
}
