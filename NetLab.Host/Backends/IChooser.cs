namespace NetLab.Host.Backends;

/// <summary>Chooses a backend. Called by one thread at a time.</summary>
internal interface IChooser
{
    /// <summary>The index of the backend that gets a new connection.</summary>
    /// <param name="ready">Those that may; at least one. The same array as long as they are the same.</param>
    /// <param name="client">The client's address and port.</param>
    int Choose(Backend[] ready, string client);
}
