namespace NetLab.Cluster.Decoding;

/// <summary>
/// The coordinator of one decode; its key is the job's. It keeps nothing that could be lost: what is done is in the folder of the tables, what is
/// asked for comes with each call, so that any node goes on when its own is gone.
/// </summary>
internal interface IDecodeGrain : IGrainWithStringKey
{
    /// <summary>Begins or goes on, and says how far it is. It stops when nobody asks any more.</summary>
    [ResponseTimeout("00:00:05")]
    Task<DecodeProgress> ContinueAsync(DecodeJob job);

    /// <summary>Stops.</summary>
    [ResponseTimeout("00:00:05")]
    Task StopAsync();
}
