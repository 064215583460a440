using NetLab.Tcp.Events;
using NetLab.Tcp.Simulation.Drill.Settings;
using NetLab.Tcp.Simulation.Drill.Wire;

namespace NetLab.Tcp.Simulation.Drill.Sockets;

/// <summary>A socket of the script's application.</summary>
internal sealed class DrillSocket
{
    private bool _errorTold;

    /// <summary>What it was told.</summary>
    public SocketSettings Settings { get; set; } = new();

    /// <summary>Its connection; null before connect and of a listener.</summary>
    public DrillStream? Stream { get; set; }

    /// <summary>Whether it has an address.</summary>
    public bool IsBound { get; set; }

    /// <summary>Whether it listens.</summary>
    public bool IsListening { get; set; }

    /// <summary>Whether it takes part in a connection that it opened itself.</summary>
    public bool IsActive { get; set; }

    /// <summary>Whether the end of connect has been told.</summary>
    public bool ConnectTold { get; set; }

    /// <summary>O_NONBLOCK and the like, as fcntl sets them.</summary>
    public long StatusFlags { get; set; } = 2;

    /// <summary>Whether nothing more may be written.</summary>
    public bool IsWriteShut { get; set; }

    /// <summary>Whether nothing more is read.</summary>
    public bool IsReadShut { get; set; }

    /// <summary>TCP_CORK, TCP_NOPUSH.</summary>
    public bool IsCorked { get; set; }

    /// <summary>SO_LINGER: null if off.</summary>
    public TimeSpan? Linger { get; set; }

    /// <summary>SO_RCVTIMEO: how long accept and a read wait; null for as long as it takes.</summary>
    public TimeSpan? ReceiveTimeout { get; set; }

    /// <summary>SO_SNDTIMEO: how long connect and a write wait; null for as long as it takes.</summary>
    public TimeSpan? SendTimeout { get; set; }

    /// <summary>Whether a write waits for room.</summary>
    public bool AwaitsRoom
    {
        get => Stream?.Limits.AwaitsRoom ?? false;
        set
        {
            if (Stream is { } stream)
            {
                stream.Limits.AwaitsRoom = value;
            }
        }
    }

    /// <summary>Values that were set and only have to be read again.</summary>
    public Dictionary<string, long> Remembered { get; } = [];

    /// <summary>Whether the handshake is under way.</summary>
    public bool IsConnecting => Stream is { IsEstablished: false, Ended: null };

    /// <summary>The error of a connection that ended badly, told once as SO_ERROR does; null if there is none left to tell.</summary>
    public string? TakeError()
    {
        if (_errorTold || PendingError is not { } error)
        {
            return null;
        }

        _errorTold = true;
        return error;
    }

    /// <summary>Whether there is an error to tell.</summary>
    public bool HasError => !_errorTold && PendingError is not null;

    private string? PendingError => Stream?.Ended switch
    {
        CloseReason.Reset => "ECONNRESET",
        CloseReason.Refused => "ECONNREFUSED",
        CloseReason.TimedOut => "ETIMEDOUT",
        _ => null,
    };
}
