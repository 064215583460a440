using System.Buffers.Binary;
using System.Text;

namespace NetLab.Osi.Captures;

/// <summary>Writes pcapng (draft-ietf-opsawg-pcapng): one section, any number of interfaces, nanoseconds, little endian.</summary>
public sealed class PcapngWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly MemoryStream _block = new();
    private int _interfaces;

    /// <summary>Begins a file.</summary>
    /// <param name="stream">Where it goes; closed with the writer.</param>
    /// <param name="application">Who writes it, for the section header.</param>
    public PcapngWriter(Stream stream, string application = "nlab")
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        Write32(0x1A2B3C4D);
        Write16(1);
        Write16(0);
        Write64(ulong.MaxValue); // section length not given
        WriteOption(4, Encoding.UTF8.GetBytes(application));
        EndOptions();
        Flush(PcapngReader.SectionHeader);
    }

    /// <summary>Describes an interface.</summary>
    /// <param name="linkType">LINKTYPE_ number.</param>
    /// <param name="name">Its name.</param>
    /// <param name="comment">What it is, for the reader; or null.</param>
    /// <returns>Its number, for <see cref="Write"/>.</returns>
    public int AddInterface(int linkType, string name, string? comment = null) => AddInterface(new CaptureInterface(linkType, 0, name), comment);

    /// <summary>Describes an interface as another capture described it.</summary>
    /// <param name="source">The interface.</param>
    /// <param name="comment">What it is, for the reader; or null.</param>
    /// <returns>Its number, for <see cref="Write"/>.</returns>
    public int AddInterface(CaptureInterface source, string? comment = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        Write16((ushort)source.LinkType);
        Write16(0);
        Write32((uint)source.SnapLength); // 0 for no limit
        WriteComment(comment);
        if (source.Name is { } name)
        {
            WriteOption(2, Encoding.UTF8.GetBytes(name));
        }

        WriteOption(9, [9]); // if_tsresol: nanoseconds
        EndOptions();
        Flush(1);
        return _interfaces++;
    }

    /// <summary>Writes a packet.</summary>
    /// <param name="interfaceNumber">Where it was seen.</param>
    /// <param name="time">When, at any resolution of the date.</param>
    /// <param name="packet">All of it.</param>
    /// <param name="comment">A note on it; or null.</param>
    public void Write(int interfaceNumber, DateTimeOffset time, ReadOnlySpan<byte> packet, string? comment = null) =>
        WritePart(interfaceNumber, time, packet, packet.Length, comment);

    /// <summary>Writes a packet of which only a part may have been captured.</summary>
    /// <param name="interfaceNumber">Where it was seen.</param>
    /// <param name="time">When, at any resolution of the date.</param>
    /// <param name="packet">What was captured of it.</param>
    /// <param name="originalLength">Bytes it had on the wire.</param>
    /// <param name="comment">A note on it; or null.</param>
    public void WritePart(int interfaceNumber, DateTimeOffset time, ReadOnlySpan<byte> packet, long originalLength, string? comment = null)
    {
        // The format has no times before 1970.
        WritePart(interfaceNumber, Math.Max(0, (time - DateTimeOffset.UnixEpoch).Ticks) * 100, packet, originalLength, comment);
    }

    /// <summary>Writes a packet with its time in nanoseconds.</summary>
    /// <param name="interfaceNumber">Where it was seen.</param>
    /// <param name="nanoseconds">When, in nanoseconds since 1970-01-01 UTC.</param>
    /// <param name="packet">What was captured of it.</param>
    /// <param name="originalLength">Bytes it had on the wire.</param>
    /// <param name="comment">A note on it; or null.</param>
    public void WritePart(int interfaceNumber, long nanoseconds, ReadOnlySpan<byte> packet, long originalLength, string? comment = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)interfaceNumber, (uint)_interfaces, nameof(interfaceNumber));
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        Write32((uint)interfaceNumber);
        Write32((uint)((ulong)nanoseconds >> 32));
        Write32((uint)nanoseconds);
        Write32((uint)packet.Length);
        Write32((uint)originalLength);
        _block.Write(packet);
        Pad();
        WriteComment(comment);
        if (comment is not null)
        {
            EndOptions();
        }

        Flush(6);
    }

    /// <summary>Writes a TLS key log (NSS Key Log Format), for the packets behind it.</summary>
    /// <param name="keyLog">Its lines.</param>
    public void WriteKeyLog(string keyLog)
    {
        byte[] lines = Encoding.UTF8.GetBytes(keyLog);
        Write32(PcapngReader.TlsKeyLog);
        Write32((uint)lines.Length);
        _block.Write(lines);
        Pad();
        Flush(PcapngReader.DecryptionSecrets);
    }

    /// <summary>Hands what was written to the operating system.</summary>
    public void Flush() => _stream.Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _block.Dispose();
    }

    private void WriteComment(string? comment)
    {
        if (comment is not null)
        {
            WriteOption(1, Encoding.UTF8.GetBytes(comment));
        }
    }

    private void WriteOption(ushort code, ReadOnlySpan<byte> value)
    {
        // The length has 16 bits: what is longer ends before the character that does not fit.
        if (value.Length > ushort.MaxValue)
        {
            int end = ushort.MaxValue;
            while ((value[end] & 0xC0) == 0x80)
            {
                end--;
            }

            value = value[..end];
        }

        Write16(code);
        Write16((ushort)value.Length);
        _block.Write(value);
        Pad();
    }

    private void EndOptions() => Write32(0);

    private void Pad()
    {
        while (_block.Length % 4 != 0)
        {
            _block.WriteByte(0);
        }
    }

    private void Write16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        _block.Write(bytes);
    }

    private void Write32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _block.Write(bytes);
    }

    private void Write64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _block.Write(bytes);
    }

    private void Flush(uint type)
    {
        uint length = (uint)_block.Length + 12;
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, type);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], length);
        _stream.Write(bytes);
        _stream.Write(_block.GetBuffer().AsSpan(0, (int)_block.Length));
        _stream.Write(bytes[4..]);
        _block.SetLength(0);
    }
}
