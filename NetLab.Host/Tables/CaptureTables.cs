using NetLab.Host.Captures;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Tables;

/// <summary>A capture on its way into tables.</summary>
/// <param name="Capture">What is read.</param>
/// <param name="Columns">The columns of packets; null for the usual ones.</param>
/// <param name="Selection">Which packets.</param>
/// <param name="Count">How many packets at most; null for all.</param>
internal sealed record CaptureTables(CaptureInput Capture, IReadOnlyList<Field>? Columns, PacketSelection Selection, long? Count)
{
    /// <summary>Writes them as Parquet files.</summary>
    /// <param name="settings">Where, and how.</param>
    /// <param name="cancellationToken">Ends it early; then the files are not complete.</param>
    /// <returns>The exit code.</returns>
    public int WriteParquet(ParquetSettings settings, CancellationToken cancellationToken)
    {
        var export = new ParquetExport(settings, Capture, Columns);
        try
        {
            int exit = Decode(export.Add, cancellationToken);
            export.CompleteAsync().GetAwaiter().GetResult();
            return exit;
        }
        finally
        {
            export.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Writes the table of packets as an Arrow IPC stream.</summary>
    /// <param name="output">Where to; stays open.</param>
    /// <param name="cancellationToken">Ends it early; then the stream has no end mark.</param>
    /// <returns>The exit code.</returns>
    public int WriteArrow(Stream output, CancellationToken cancellationToken)
    {
        using var export = new ArrowExport(output, Capture, Columns);
        int exit = Decode(export.Add, cancellationToken);
        export.Complete();
        return exit;
    }

    private int Decode(PacketAdder add, CancellationToken cancellationToken)
    {
        long left = Count ?? long.MaxValue;
        int exit = Capture.Decode(
            new DecoderOptions { FollowStreams = true },
            (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                if (Selection.Includes(packet, decoded))
                {
                    add(packet, decoded);
                    left--;
                }

                return left > 0 && packet.Number < (Selection.Last ?? long.MaxValue);
            },
            _ => { },
            cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return exit;
    }

    private delegate void PacketAdder(in CapturedPacket packet, DecodedPacket decoded);
}
