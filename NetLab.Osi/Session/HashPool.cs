using System.Security.Cryptography;

namespace NetLab.Osi.Session;

/// <summary>Contexts of SHA-256 that are used again: to make one costs as much as to hash a packet.</summary>
internal sealed class HashPool
{
    private readonly Stack<IncrementalHash> _idle = new();

    public IncrementalHash Begin() => _idle.TryPop(out IncrementalHash? hash) ? hash : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public byte[] Finish(IncrementalHash hash)
    {
        byte[] value = hash.GetHashAndReset();
        _idle.Push(hash);
        return value;
    }
}
