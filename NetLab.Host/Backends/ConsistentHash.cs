using System.IO.Hashing;
using System.Text;

namespace NetLab.Host.Backends;

/// <summary>The backend that a client's hash belongs to on a ring, with virtual nodes by XxHash3: the same client gets the same one.</summary>
/// <param name="points">Virtual nodes a backend.</param>
/// <param name="byAddress">Whether a client is its address alone, whatever its port.</param>
/// <param name="seed">The seed of the hashes.</param>
internal sealed class ConsistentHash(int points, bool byAddress, ulong seed) : IChooser
{
    private Backend[] _of = [];
    private HashRing? _ring;

    /// <inheritdoc/>
    public int Choose(Backend[] ready, string client)
    {
        if (_ring is null || !ReferenceEquals(_of, ready))
        {
            (_of, _ring) = (ready, new HashRing([.. ready.Select(b => Hash(b.Name))], points, seed));
        }

        int colon = client.LastIndexOf(':');
        return _ring.Find(Hash(byAddress && colon > 0 ? client[..colon] : client));
    }

    private ulong Hash(string text) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text), unchecked((long)~seed));
}
