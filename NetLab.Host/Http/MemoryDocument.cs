using NetLab.Tcp.Memory;

namespace NetLab.Host.Http;

/// <summary>What the connections of NetLab's TCP may hold together, in bytes, and what they do.</summary>
internal sealed record MemoryDocument(long Limit, long Used, long Peak)
{
    /// <summary>A limit as it is now.</summary>
    public static MemoryDocument Of(SharedMemoryLimit memory) => new(memory.Limit, memory.Used, memory.Peak);
}
