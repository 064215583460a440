using System.Buffers.Binary;

namespace NetLab.Osi.Captures;

/// <summary>Reads a capture file packet by packet, forward only, with memory for one packet.</summary>
public abstract class CaptureReader : IDisposable
{
    // Twice the largest snapshot length that libpcap accepts for ordinary links (MAXIMUM_SNAPLEN, 262144): a length
    // beyond it is damage, and must not become an allocation.
    private protected const int MaxPacketBytes = 1 << 19;

    private readonly CaptureStream? _stream;

    private protected CaptureReader(CaptureStream? stream) => _stream = stream;

    /// <summary>What is wrong with the file, one line with the position; null as long as nothing is.</summary>
    public virtual string? Damage { get => _stream?.Failure ?? field; private protected set; }

    /// <summary>Whether the next packet may have to be waited for: it comes through a pipe that has brought nothing more yet.</summary>
    internal virtual bool WouldWait => Stream.IsLive && !HasPacket(Stream.Buffered);

    /// <summary>Whether packets come as they are captured: through a pipe, and not from a file.</summary>
    internal virtual bool IsLive => Stream.IsLive;

    private protected CaptureStream Stream => _stream!;

    /// <summary>Whether what was read of a pipe holds the next packet whole: then nobody waits for it.</summary>
    private protected virtual bool HasPacket(ReadOnlySpan<byte> buffered) => !buffered.IsEmpty;

    /// <summary>Bytes of the file taken so far, decompressed ones where it is compressed.</summary>
    internal virtual long Position => Stream.Position;

    /// <summary>Opens a capture: pcap of either byte order and resolution, or pcapng; either compressed with gzip or Zstandard.</summary>
    /// <param name="stream">The file from its beginning; need not be seekable. Closed with the reader.</param>
    /// <exception cref="InvalidDataException">The first bytes are of neither format.</exception>
    public static CaptureReader Open(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var source = new CaptureStream(stream);
        if (!source.TryPeek(4, out ReadOnlySpan<byte> magic))
        {
            throw new InvalidDataException(source.Failure ?? (magic.IsEmpty ? "the capture is empty" : "the capture is shorter than a file header"));
        }

        uint value = BinaryPrimitives.ReadUInt32LittleEndian(magic);
        if (value == PcapngReader.SectionHeader)
        {
            return new PcapngReader(source);
        }

        return PcapReader.TryOpen(source) ?? throw new InvalidDataException(
            $"neither pcap nor pcapng: the file begins with {Convert.ToHexStringLower(magic)}");
    }

    /// <summary>Reads several captures as one, in the order of their packets' times.</summary>
    /// <param name="captures">The captures with their names, which <see cref="Damage"/> says; closed with the reader.</param>
    public static CaptureReader Merge(IReadOnlyList<(string Name, CaptureReader Reader)> captures)
    {
        ArgumentNullException.ThrowIfNull(captures);
        return new MergedReader(captures);
    }

    /// <summary>The TLS key log that the file brought since the last call (pcapng, Decryption Secrets Block); null if it brought none.</summary>
    public virtual string? TakeKeyLog() => null;

    /// <summary>Reads the next packet.</summary>
    /// <returns>False at the end of the file, or at damage; then <see cref="Damage"/> says which.</returns>
    public abstract bool TryRead(out CapturedPacket packet);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        _stream?.Dispose();
        GC.SuppressFinalize(this);
    }
}
