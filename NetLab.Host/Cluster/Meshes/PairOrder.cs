namespace NetLab.Cluster.Meshes;

/// <summary>
/// All ordered pairs of nodes, in the order of a round-robin tournament (the circle method): one node stays, the others move one seat on, and
/// those that face one another meet. So each turn has as many pairs without a common node as there can be.
/// </summary>
internal static class PairOrder
{
    /// <summary>The pairs.</summary>
    /// <param name="nodes">The nodes, by their addresses.</param>
    /// <param name="transports">By which transports each pair is measured, one after the other.</param>
    public static IEnumerable<MeshPair> Of(IReadOnlyList<string> nodes, IReadOnlyList<string> transports)
    {
        // With an odd number one node a turn has nobody.
        int seats = nodes.Count + (nodes.Count % 2);
        for (int turn = 0; turn < seats - 1; turn++)
        {
            (string A, string B)[] meeting = [.. Enumerable.Range(0, seats / 2)
                .Select(i => (Seat(i, turn, seats), Seat(seats - 1 - i, turn, seats)))
                .Where(pair => pair.Item1 < nodes.Count && pair.Item2 < nodes.Count)
                .Select(pair => (nodes[pair.Item1], nodes[pair.Item2]))];
            foreach (string transport in transports)
            {
                foreach ((string a, string b) in meeting)
                {
                    yield return new MeshPair(a, b, transport);
                }

                foreach ((string a, string b) in meeting)
                {
                    yield return new MeshPair(b, a, transport);
                }
            }
        }
    }

    private static int Seat(int seat, int turn, int seats) => seat == 0 ? 0 : ((seat - 1 + turn) % (seats - 1)) + 1;
}
