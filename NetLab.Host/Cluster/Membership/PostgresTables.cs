using Npgsql;

namespace NetLab.Cluster.Membership;

/// <summary>Orleans' tables in PostgreSQL.</summary>
internal static class PostgresTables
{
    /// <summary>By which name Orleans knows PostgreSQL's client.</summary>
    public const string Invariant = "Npgsql";

    private const int TimeoutSeconds = 3;

    // Any number, the same for all nodes: of those that begin at once one makes the tables.
    private const string Lock = "SELECT pg_advisory_xact_lock(1852595554)";
    private const string IsThere = "SELECT to_regclass('orleansquery') IS NOT NULL";

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

    /// <summary>Makes the tables where they are not there: all of them or, where the database refuses one, none.</summary>
    /// <exception cref="NpgsqlException">The database is not reached, or lets nobody of this name in.</exception>
    /// <exception cref="IOException">They are not there, and the database refuses to make them.</exception>
    public static async Task MakeAsync(ClusterAddress cluster, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionOf(cluster));
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (await IsThereAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        await using NpgsqlTransaction all = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync(Lock, connection, cancellationToken).ConfigureAwait(false);
        if (!await IsThereAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            string script = await ScriptAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await RunAsync(script, connection, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException refused)
            {
                throw new IOException($"the tables of a cluster are not there, and making them is refused: {refused.MessageText}", refused);
            }
        }

        await all.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<bool> IsThereAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var question = new NpgsqlCommand(IsThere, connection);
        return (bool)(await question.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private static async Task RunAsync(string text, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string> ScriptAsync(CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(typeof(PostgresTables).Assembly.GetManifestResourceStream("PostgresTables.sql")!);
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }
}
