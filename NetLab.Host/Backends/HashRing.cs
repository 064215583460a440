using System.Buffers.Binary;
using System.IO.Hashing;

namespace NetLab.Host.Backends;

/// <summary>
/// Servers' points in the order of their hashes: a key belongs to the next point behind its own hash (Karger et al. 1997). A server's points depend on
/// it alone, so a server that comes or goes moves no key between others. Immutable.
/// </summary>
internal sealed class HashRing
{
    private readonly ulong[] _places;
    private readonly int[] _servers;

    /// <param name="servers">An identity of each server, such as the hash of its name.</param>
    /// <param name="points">Points a server, its virtual nodes; at least 1.</param>
    /// <param name="seed">The seed of the hashes.</param>
    public HashRing(IReadOnlyList<ulong> servers, int points, ulong seed)
    {
        (_places, _servers) = (new ulong[servers.Count * points], new int[servers.Count * points]);
        Span<byte> point = stackalloc byte[12];
        for (int i = 0; i < _places.Length; i++)
        {
            _servers[i] = i / points;
            BinaryPrimitives.WriteUInt64LittleEndian(point, servers[_servers[i]]);
            BinaryPrimitives.WriteInt32LittleEndian(point[8..], i % points);
            _places[i] = XxHash3.HashToUInt64(point, unchecked((long)seed));
        }

        Array.Sort(_places, _servers);
    }

    /// <summary>The index of the server that has a key.</summary>
    /// <param name="key">The key's hash.</param>
    public int Find(ulong key)
    {
        int index = Array.BinarySearch(_places, key);
        index = index < 0 ? ~index : index;
        return _servers[index == _servers.Length ? 0 : index];
    }
}
