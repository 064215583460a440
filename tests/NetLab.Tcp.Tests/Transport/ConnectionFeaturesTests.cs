using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using NetLab.Tcp.Events;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>What middleware asks a connection for by feature is the connection's own.</summary>
public sealed class ConnectionFeaturesTests
{
    [Fact]
    public async Task A_feature_and_the_connection_say_the_same()
    {
        await using ConnectedPair pair = await ConnectedPair.Open();
        ConnectionContext connection = pair.Server;
        IFeatureCollection features = connection.Features;
        Assert.Same(features, connection.Features);
        Assert.Equal(connection.ConnectionId, features.GetRequiredFeature<IConnectionIdFeature>().ConnectionId);
        Assert.Same(connection.Transport, features.GetRequiredFeature<IConnectionTransportFeature>().Transport);
        Assert.Same(connection.Items, features.GetRequiredFeature<IConnectionItemsFeature>().Items);
        Assert.Equal(connection.RemoteEndPoint, features.GetRequiredFeature<IConnectionEndPointFeature>().RemoteEndPoint);
        Assert.Equal(connection.LocalEndPoint, features.GetRequiredFeature<IConnectionEndPointFeature>().LocalEndPoint);
        using (System.Buffers.IMemoryOwner<byte> memory = features.GetRequiredFeature<IMemoryPoolFeature>().MemoryPool.Rent(100))
        {
            Assert.InRange(memory.Memory.Length, 100, int.MaxValue);
        }

        // What is set by one is seen by the other.
        features.GetRequiredFeature<IConnectionIdFeature>().ConnectionId = "mine";
        Assert.Equal("mine", connection.ConnectionId);
        var lifetime = features.GetRequiredFeature<IConnectionLifetimeFeature>();
        Assert.False(lifetime.ConnectionClosed.IsCancellationRequested);
        lifetime.Abort();
        Assert.Equal(CloseReason.Reset, await pair.Client.Ended.WaitAsync(Patience));
        var closed = new TaskCompletionSource();
        using CancellationTokenRegistration registration = lifetime.ConnectionClosed.Register(closed.SetResult);
        await closed.Task.WaitAsync(Patience);
    }
}
