namespace NetLab.Udp.Links.Paths;

/// <summary>Both directions of a path as they were seen once, and the seed with which they are played.</summary>
/// <param name="Up">From the client to the server; null if nothing is known of it.</param>
/// <param name="Down">From the server to the client; null if nothing is known of it.</param>
/// <param name="Seed">Says which datagrams are lost when it is played, unless the link names another.</param>
public sealed record RecordedPath(PathRecord? Up, PathRecord? Down, ulong Seed);
