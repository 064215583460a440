using System.Buffers;

namespace NetLab.Tcp.Transport;

/// <summary>
/// An endpoint's pool as servers expect one: whoever asks for no size in particular, or for next to nothing, gets a block worth
/// having (of the endpoint's own pool there is only one size). Kestrel takes a block of nothing, which the framework's shared pool gives for it, for a broken writer.
/// </summary>
internal sealed class ServerMemoryPool(MemoryPool<byte> inner) : MemoryPool<byte>
{
    // As Kestrel's own pool.
    private const int MinSize = 4096;

    public override int MaxBufferSize => inner.MaxBufferSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => inner.Rent(Math.Max(minBufferSize, MinSize));

    protected override void Dispose(bool disposing)
    {
        // The pool it stands for is somebody else's.
    }
}
