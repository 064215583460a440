using System.Globalization;
using NetLab.Osi.Captures;

namespace NetLab.Host.Captures;

/// <summary>
/// The files that a live capture is written to: one, or one after the other as each becomes large or old enough; of a ring the
/// oldest is deleted when the next begins.
/// </summary>
/// <param name="path">The file, - for standard output; of several, the name that each number is put into: <c>run.pcapng</c> makes <c>run-00001.pcapng</c>.</param>
/// <param name="source">The interface.</param>
/// <param name="maxBytes">From how many bytes on the next file begins; null for no limit.</param>
/// <param name="maxTime">After how many nanoseconds of packets the next file begins; null for no limit.</param>
/// <param name="ring">How many files are kept; null for all.</param>
internal sealed class CaptureFiles(string path, CaptureInterface source, long? maxBytes, long? maxTime, int? ring) : IDisposable
{
    private readonly Queue<string> _kept = new();
    private Stream? _file;
    private PcapngWriter? _writer;
    private long _began;

    /// <summary>Files begun so far.</summary>
    public int Count { get; private set; }

    /// <summary>The file that is written to.</summary>
    public string Current { get; private set; } = "";

    private bool Rotates => maxBytes is not null || maxTime is not null;

    /// <summary>Begins the first file, so that what cannot be written is known before packets are.</summary>
    public void Open() => Begin(null);

    /// <summary>Writes a packet.</summary>
    public void Write(in CapturedPacket packet)
    {
        if (_writer is null || (maxBytes is not null && _file!.Position >= maxBytes) || (maxTime is { } most && packet.Time - _began >= most))
        {
            Begin(packet.Time);
        }

        _began = _began == 0 ? packet.Time ?? 0 : _began;
        _writer!.WritePart(0, Math.Max(0, packet.Time ?? 0), packet.Bytes, packet.OriginalLength);
    }

    /// <summary>Hands what was written to the operating system, for whoever reads along.</summary>
    public void Flush() => _writer?.Flush();

    public void Dispose() => _writer?.Dispose();

    private void Begin(long? time)
    {
        _writer?.Dispose();
        Count++;
        Current = Rotates ? Numbered(Count) : path;
        _file = path == "-" ? Console.OpenStandardOutput() : new FileStream(Current, FileMode.Create, FileAccess.Write, FileShare.Read);
        _writer = new PcapngWriter(_file);
        _writer.AddInterface(source);
        _began = time ?? 0;
        _kept.Enqueue(Current);
        while (Rotates && _kept.Count > (ring ?? int.MaxValue))
        {
            File.Delete(_kept.Dequeue());
        }
    }

    private string Numbered(int number)
    {
        string extension = System.IO.Path.GetExtension(path);
        return string.Create(CultureInfo.InvariantCulture, $"{path[..^extension.Length]}-{number:D5}{extension}");
    }
}
