using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using StackExchange.Redis;

namespace NetLab.Cluster.Membership;

/// <summary>Where nodes and commands look up who is in a cluster.</summary>
internal static class MembershipExtensions
{
    // The store is near, and who waits is a person.
    private const int StoreTimeoutMilliseconds = 3000;

    private const string Name = "nlab";

    /// <summary>Has a node keep its membership there.</summary>
    public static void UseMembership(this ISiloBuilder node, ClusterAddress cluster)
    {
        node.Configure<ClusterOptions>(SetName);
        _ = cluster.Kind switch
        {
            MembershipKind.Redis => node.UseRedisClustering(options => options.ConfigurationOptions = RedisOf(cluster)),
            MembershipKind.Postgres => node.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (PostgresTables.Invariant, PostgresTables.ConnectionOf(cluster))),
            _ => node.UseDevelopmentClustering(cluster.FirstNode),
        };
    }

    /// <summary>Has a command find its nodes there.</summary>
    public static void UseMembership(this IClientBuilder client, ClusterAddress cluster)
    {
        client.Configure<ClusterOptions>(SetName);
        _ = cluster.Kind switch
        {
            MembershipKind.Redis => client.UseRedisClustering(options => options.ConfigurationOptions = RedisOf(cluster)),
            MembershipKind.Postgres => client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (PostgresTables.Invariant, PostgresTables.ConnectionOf(cluster))),
            _ => client.UseStaticClustering(cluster.Gateway),
        };
    }

    private static void SetName(ClusterOptions options) => (options.ClusterId, options.ServiceId) = (Name, Name);

    private static ConfigurationOptions RedisOf(ClusterAddress cluster) => new()
    {
        EndPoints = { { cluster.Host, cluster.Port } },
        User = cluster.User,
        Password = cluster.Password,
        ConnectTimeout = StoreTimeoutMilliseconds,
        ConnectRetry = 1,
        AbortOnConnectFail = true,
    };
}
