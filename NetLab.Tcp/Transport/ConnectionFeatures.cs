using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace NetLab.Tcp.Transport;

/// <summary>A connection as a server's middleware asks for it: by feature. Made for those who ask, as most connections are not asked.</summary>
internal sealed class ConnectionFeatures(TcpConnection connection)
    : IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature, IMemoryPoolFeature
{
    public string ConnectionId
    {
        get => connection.ConnectionId;
        set => connection.ConnectionId = value;
    }

    public IDuplexPipe Transport
    {
        get => connection.Transport;
        set => connection.Transport = value;
    }

    public IDictionary<object, object?> Items
    {
        get => connection.Items;
        set => connection.Items = value;
    }

    public CancellationToken ConnectionClosed
    {
        get => connection.ConnectionClosed;
        set => connection.ConnectionClosed = value;
    }

    public EndPoint? LocalEndPoint
    {
        get => connection.LocalEndPoint;
        set => connection.LocalEndPoint = value;
    }

    public EndPoint? RemoteEndPoint
    {
        get => connection.RemoteEndPoint;
        set => connection.RemoteEndPoint = value;
    }

    public MemoryPool<byte> MemoryPool => connection.ServerPool;

    public void Abort() => connection.Abort();

    /// <summary>The collection that holds them all.</summary>
    public static IFeatureCollection Of(TcpConnection connection)
    {
        var features = new ConnectionFeatures(connection);
        var all = new FeatureCollection();
        all.Set<IConnectionIdFeature>(features);
        all.Set<IConnectionTransportFeature>(features);
        all.Set<IConnectionItemsFeature>(features);
        all.Set<IConnectionLifetimeFeature>(features);
        all.Set<IConnectionEndPointFeature>(features);
        all.Set<IMemoryPoolFeature>(features);
        return all;
    }
}
