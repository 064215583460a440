using NetLab.Osi.Captures;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Decoding;

/// <summary>Packets that were decoded together, with copies of their bytes; used again and again.</summary>
internal sealed class DecodedBatch
{
    // Larger ones cost more than fewer hand-overs save: what one thread wrote must still stand in the processor's cache when the next reads it.
    private const int MaxPackets = 256;

    // The last packet may bring it beyond.
    private const int FullBytes = 128 << 10;

    // A capture of a few packets needs no more.
    private const int FirstBytes = 16 << 10;

    private readonly DecodedPacket[] _decoded = new DecodedPacket[MaxPackets];
    private readonly Captured[] _captured = new Captured[MaxPackets];
    private byte[] _bytes = [];
    private string? _keyLog;
    private int _used;
    private int _count;

    /// <summary>How far its packets have come.</summary>
    public BatchStep Step { get; private set; }

    /// <summary>Takes the headers of packets apart until the batch is full.</summary>
    /// <param name="reader">Where they come from.</param>
    /// <param name="decoder">Takes them apart.</param>
    /// <param name="left">How many are wanted yet.</param>
    /// <returns>Whether the capture may have more.</returns>
    public bool Fill(CaptureReader reader, PacketDecoder decoder, ref long left)
    {
        (_used, _count, _keyLog, Step) = (0, 0, null, BatchStep.Dissected);
        while (_count < MaxPackets && _used < FullBytes)
        {
            if (_count > 0 && reader.WouldWait)
            {
                // What a pipe brought so far must not wait for what it brings later.
                break;
            }

            if (left == 0 || !reader.TryRead(out CapturedPacket packet))
            {
                return false;
            }

            // Who follows the streams needs it, and has a thread of its own.
            _keyLog += reader.TakeKeyLog();
            if (decoder.PassesOver(packet.Source))
            {
                continue;
            }

            DecodedPacket decoded = _decoded[_count] ??= new DecodedPacket();
            decoder.Dissect(packet, decoded);
            Keep(packet);
            left--;
        }

        return true;
    }

    /// <summary>Puts the packets' TCP segments into their streams.</summary>
    public void Follow(PacketDecoder decoder)
    {
        Step = BatchStep.Followed;
        if (!string.IsNullOrEmpty(_keyLog))
        {
            decoder.AddKeyLog(_keyLog);
        }

        for (int i = 0; i < _count; i++)
        {
            decoder.Follow(_bytes.AsSpan(_captured[i].Offset, _captured[i].Length), _decoded[i]);
        }
    }

    /// <summary>Hands the packets over.</summary>
    /// <returns>Whether more are wanted.</returns>
    public bool Handle(DecodePipeline.PacketHandler handler, Action<string>? onKeyLog)
    {
        Step = BatchStep.Empty;
        if (!string.IsNullOrEmpty(_keyLog))
        {
            onKeyLog?.Invoke(_keyLog);
        }

        for (int i = 0; i < _count; i++)
        {
            ref readonly Captured captured = ref _captured[i];
            var packet = new CapturedPacket(
                captured.Number, captured.Source, captured.Time, captured.OriginalLength, _bytes.AsSpan(captured.Offset, captured.Length), captured.Comment,
                captured.FileOffset, captured.File, captured.OffsetInFile);
            if (!handler(packet, _decoded[i]))
            {
                return false;
            }
        }

        return true;
    }

    private void Keep(in CapturedPacket packet)
    {
        int length = packet.Bytes.Length;
        if (_bytes.Length - _used < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length == 0 ? FirstBytes : _bytes.Length * 2, _used + length));
        }

        packet.Bytes.CopyTo(_bytes.AsSpan(_used));
        _captured[_count++] = new Captured(packet.Number, packet.Source, packet.Time, packet.OriginalLength, _used, length, packet.Comment, packet.FileOffset, packet.File,
            packet.OffsetInFile);
        _used += length;
    }

    private readonly record struct Captured(
        long Number, CaptureInterface Source, long? Time, long OriginalLength, int Offset, int Length, string? Comment, long FileOffset, int File,
        long OffsetInFile);
}
