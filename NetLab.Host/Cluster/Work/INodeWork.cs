namespace NetLab.Cluster.Work;

/// <summary>What a node does for others; nlab hands it in.</summary>
internal interface INodeWork
{
    /// <summary>Writes the tables of a piece of a decode.</summary>
    /// <param name="shard">The piece.</param>
    /// <param name="folder">Where to; only this call writes there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">There are no tables.</exception>
    /// <returns>Null; or what is wrong with the capture, such as where it is cut, although there are tables.</returns>
    Task<string?> DecodeAsync(DecodeShard shard, string folder, CancellationToken cancellationToken);

    /// <summary>Starts a server of measurements.</summary>
    /// <param name="transport">Of which transport.</param>
    /// <param name="host">At which address.</param>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <exception cref="IOException">It does not listen.</exception>
    Task<IMeasurementServer> ServeAsync(string transport, string host, CancellationToken cancellationToken);

    /// <summary>Measures with such a server.</summary>
    /// <param name="url">Where it listens.</param>
    /// <param name="measurement">What to measure.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="IOException">It was not measured.</exception>
    Task<MeasurementResult> MeasureAsync(string url, Measurement measurement, CancellationToken cancellationToken);
}
