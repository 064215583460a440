using NetLab.Cluster.Work;
using Orleans.Concurrency;

namespace NetLab.Cluster.Nodes;

/// <summary>A node, as others ask it; its key is its address and start (<see cref="NodeName.KeyOf"/>), and it is where that says.</summary>
internal interface INodeGrain : IGrainWithStringKey
{
    /// <summary>The pieces of a job that it decodes now.</summary>
    Task<int[]> DecodingAsync(string job);

    /// <summary>Decodes a piece; asked again while it does, it answers when that is done.</summary>
    /// <returns>What is wrong with the capture, although there are tables; null for nothing.</returns>
    /// <exception cref="IOException">It cannot be decoded here.</exception>
    [ResponseTimeout("1.00:00:00")]
    Task<string?> DecodeAsync(DecodeShard shard);

    /// <summary>Ends what it does of a job.</summary>
    Task StopDecodingAsync(string job);

    /// <summary>Has a new coordinator of measurements: what others asked for ends before this returns, and is refused from now on.</summary>
    [ResponseTimeout("00:00:30")]
    Task FollowAsync(string coordinator);

    /// <summary>Starts a server of measurements.</summary>
    /// <returns>Where it listens.</returns>
    /// <exception cref="IOException">It does not listen.</exception>
    [ResponseTimeout("00:00:30")]
    Task<string> ServeAsync(string coordinator, string transport);

    /// <summary>Ends that server.</summary>
    [ResponseTimeout("00:00:30")]
    Task StopServingAsync(string coordinator);

    /// <summary>Measures with another node's server.</summary>
    /// <exception cref="IOException">It was not measured.</exception>
    [ResponseTimeout("1.00:00:00")]
    Task<MeasurementResult> MeasureAsync(string coordinator, string url, Measurement measurement);

    /// <summary>Is told what was measured between two nodes, to show it.</summary>
    [OneWay]
    Task ShowAsync(PairFigures figures);
}
