using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace NetLab.Tcp.Memory;

/// <summary>
/// Which connections hold bytes out of order, by the power of two of how many: one of the largest is found at once, however many
/// there are.
/// </summary>
internal sealed class OutOfOrderQueues
{
    private readonly HashSet<MemoryAccount>[] _bySize = [.. Enumerable.Range(0, 64).Select(_ => new HashSet<MemoryAccount>())];

    /// <summary>A connection's queue has changed its size.</summary>
    public void Update(MemoryAccount account, long before, long now)
    {
        int from = ClassOf(before);
        int to = ClassOf(now);
        if (from == to)
        {
            return;
        }

        if (from >= 0)
        {
            _bySize[from].Remove(account);
        }

        if (to >= 0)
        {
            _bySize[to].Add(account);
        }
    }

    /// <summary>One that no other is twice as large as.</summary>
    public bool TryGetLargest([NotNullWhen(true)] out MemoryAccount? largest)
    {
        for (int i = _bySize.Length - 1; i >= 0; i--)
        {
            if (_bySize[i].Count > 0)
            {
                using HashSet<MemoryAccount>.Enumerator accounts = _bySize[i].GetEnumerator();
                accounts.MoveNext();
                largest = accounts.Current;
                return true;
            }
        }

        largest = null;
        return false;
    }

    private static int ClassOf(long bytes) => bytes > 0 ? BitOperations.Log2((ulong)bytes) : -1;
}
