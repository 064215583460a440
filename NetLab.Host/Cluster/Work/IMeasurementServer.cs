namespace NetLab.Cluster.Work;

/// <summary>A server of measurements that listens; it ends when it is disposed of.</summary>
internal interface IMeasurementServer : IAsyncDisposable
{
    /// <summary>Where, such as <c>tcp://10.0.0.1:9000</c>.</summary>
    string Url { get; }
}
