namespace NetLab.Cluster.Membership;

/// <summary>Where it is written which nodes a cluster has.</summary>
internal enum MembershipKind
{
    /// <summary>In the first node's memory, on one machine; it ends with that node.</summary>
    FirstNode,

    /// <summary>In Redis.</summary>
    Redis,

    /// <summary>In PostgreSQL.</summary>
    Postgres,
}
