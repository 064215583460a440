using System.Net;
using System.Net.Sockets;

namespace NetLab.Cluster.Membership;

/// <summary>Whether anybody listens where a cluster is said to be: Orleans, and the clients of stores, would try for long.</summary>
internal static class MembershipProbe
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Looks.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="isNode">Whether a node looks, or a command.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">Nobody does.</exception>
    public static async Task CheckAsync(ClusterAddress cluster, bool isNode, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Timeout);
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(cluster.Kind != MembershipKind.FirstNode ? new DnsEndPoint(cluster.Host, cluster.Port) : isNode ? cluster.FirstNode : cluster.Gateway, late.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new IOException($"{cluster}: {(cluster.Kind == MembershipKind.FirstNode ? "no node listens there; nlab node begins a cluster" : error is SocketException ? error.Message : "nobody answers there")}", error);
        }
    }
}
