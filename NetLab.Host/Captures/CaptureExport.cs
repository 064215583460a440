using NetLab.Host.Settings;
using NetLab.Osi.Captures;

namespace NetLab.Host.Captures;

/// <summary>Packets that were chosen, written to a pcapng file with their interfaces, times, notes and the secrets that came before them.</summary>
internal sealed class CaptureExport : IDisposable
{
    private readonly Dictionary<CaptureInterface, int> _interfaces = new(ReferenceEqualityComparer.Instance);
    private readonly PcapngWriter _writer;
    private readonly string _path;
    private readonly OutputFile? _file;
    private long _packets;

    private CaptureExport(string path, Stream stream) => (_path, _writer, _file) = (path, new PcapngWriter(stream), stream as OutputFile);

    /// <summary>Begins a file.</summary>
    /// <param name="path">Where; an older file of that name is replaced.</param>
    /// <param name="input">What is read, which the file must not be.</param>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static CaptureExport Create(string path, CaptureInput input)
    {
        OutputPath.Check(path, "-w");
        foreach (string read in (IEnumerable<string>)[input.Path, .. input.Others ?? []])
        {
            if (read != "-" && Path.GetFullPath(read) == Path.GetFullPath(path))
            {
                throw new UsageException($"-w '{path}': is the file that is read");
            }
        }

        return new CaptureExport(path, OutputFile.Open("-w", path, holdsBack: true));
    }

    /// <summary>Begins one on a stream, which is closed with it.</summary>
    public static CaptureExport To(Stream stream) => new("", stream);

    /// <summary>Writes a packet.</summary>
    public void Write(in CapturedPacket packet)
    {
        _file?.Begin();
        if (!_interfaces.TryGetValue(packet.Source, out int number))
        {
            number = _writer.AddInterface(packet.Source);
            _interfaces.Add(packet.Source, number);
        }

        _writer.WritePart(number, Math.Max(0, packet.Time ?? 0), packet.Bytes, packet.OriginalLength, packet.Comment);
        _packets++;
    }

    /// <summary>Writes secrets, for the packets behind them.</summary>
    public void WriteKeyLog(string lines) => _writer.WriteKeyLog(lines);

    /// <summary>Hands what was written to the operating system.</summary>
    public void Flush() => _writer.Flush();

    /// <summary>Says on stderr what was written.</summary>
    public void Report()
    {
        // No packet is a capture, too, when none was wanted.
        _file?.Begin();
        Console.Error.WriteLine($"{_packets} packet{(_packets == 1 ? "" : "s")} written to {_path}");
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
