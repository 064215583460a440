using NetLab.Host.Settings;
using NetLab.Osi.Captures;

namespace NetLab.Host.Recording;

/// <summary>
/// One capture file that several threads record to, in order of time: what a socket received is stamped by the kernel and read a moment
/// later, when something sent after it may be recorded already. A file that cannot be written ends alone, with a line on
/// standard error; what is recorded goes on. Safe for use by several threads.
/// </summary>
internal sealed class RecordingFile : IDisposable
{
    private const int EthernetLinkType = 1;

    // A packet waits so long for earlier ones: longer than a busy scheduler keeps a reader from its socket.
    private static readonly TimeSpan Horizon = TimeSpan.FromMilliseconds(200);

    // At full speed 200 ms are many packets; beyond these bytes order gives way to memory.
    private const long MaxWaitingBytes = 16 << 20;

    private readonly Lock _lock = new();
    private readonly string _option;
    private readonly OutputFile _file;
    private readonly PcapngWriter _writer;
    private readonly PriorityQueue<(int Interface, DateTimeOffset Time, byte[] Packet), (DateTimeOffset Time, long Ordinal)> _waiting = new();
    private readonly Timer _timer;
    private long _waitingBytes;
    private long _ordinal;
    private bool _ended;

    private RecordingFile(string option, OutputFile file)
    {
        (_option, _file) = (option, file);
        _writer = new PcapngWriter(file);
        _timer = new Timer(_ => WriteOlderThan(DateTimeOffset.UtcNow - Horizon), null, Horizon, Horizon);
    }

    /// <summary>Opens one; null if none is asked for.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static RecordingFile? Open(string option, FileInfo? file) => file is null ? null : new RecordingFile(option, OutputFile.Open(option, file.FullName, holdsBack: true));

    /// <summary>Adds an interface; the number by which packets name it.</summary>
    public int AddInterface(string name, string description)
    {
        int number = 0;
        Write(() => number = _writer.AddInterface(EthernetLinkType, name, description));
        return number;
    }

    /// <summary>Records a packet.</summary>
    public void Add(int interfaceNumber, DateTimeOffset time, byte[] packet)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _waiting.Enqueue((interfaceNumber, time, packet), (time, _ordinal++));
            _waitingBytes += packet.Length;
        }

        if (Interlocked.Read(ref _waitingBytes) > MaxWaitingBytes)
        {
            WriteOlderThan(DateTimeOffset.MaxValue);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        WriteOlderThan(DateTimeOffset.MaxValue);
        Write(() =>
        {
            _ended = true;
            _writer.Dispose();
        });
    }

    private void WriteOlderThan(DateTimeOffset limit) => Write(() =>
    {
        while (_waiting.TryPeek(out (int Interface, DateTimeOffset Time, byte[] Packet) next, out _) && next.Time <= limit)
        {
            _waiting.Dequeue();
            _waitingBytes -= next.Packet.Length;
            _file.Begin();
            _writer.Write(next.Interface, next.Time, next.Packet);
        }
    });

    private void Write(Action write)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            try
            {
                write();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _ended = true;
                _waiting.Clear();
                Console.Error.WriteLine($"nlab: {_option}: the recording ended early: {error.Message}");
            }
        }
    }
}
