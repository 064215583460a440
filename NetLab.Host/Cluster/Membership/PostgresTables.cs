using Npgsql;

namespace NetLab.Cluster.Membership;

/// <summary>Orleans' tables in PostgreSQL.</summary>
internal static class PostgresTables
{
    /// <summary>By which name Orleans knows PostgreSQL's client.</summary>
    public const string Invariant = "Npgsql";

    private const int TimeoutSeconds = 3;

    /// <summary>What the client connects with.</summary>
    public static string ConnectionOf(ClusterAddress cluster) => new NpgsqlConnectionStringBuilder
    {
        Host = cluster.Host,
        Port = cluster.Port,
        Username = cluster.User,
        Password = cluster.Password,
        Database = cluster.Database,
        Timeout = TimeoutSeconds,
    }.ConnectionString;
}
