using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <summary>
/// How soon a loop that polls asks its socket again. Datagrams that the system does not coalesce come one by one, and a loop that asks
/// all the time gets them so: a system call, a turn and an acknowledgment each. While they come in numbers it asks a little later, and
/// gets dozens at once: what a network card does with its interrupts.
/// </summary>
internal sealed class ReceiveModeration
{
    /// <summary>How long it waits: the time in which a batch of 64 full segments passes at some 20 Gbit/s.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMicroseconds(40);

    // From 160,000 datagrams a second on; a conversation of requests and answers is far below.
    private const int ManyInWindow = 16;

    private static readonly TimeSpan Window = TimeSpan.FromMicroseconds(100);

    private Instant _windowStart = new(long.MinValue / 2);
    private Instant _asksAgainAt = new(long.MinValue / 2);
    private int _inWindow;
    private bool _isBusy;

    /// <summary>Whether it is too early to ask.</summary>
    public bool IsTooEarly(Instant now) => now < _asksAgainAt;

    /// <summary>Datagrams have come.</summary>
    public void OnReceived(Instant now, int datagrams)
    {
        _inWindow += datagrams;
        if (now - _windowStart >= Window)
        {
            _isBusy = _inWindow >= ManyInWindow && now - _windowStart < 4 * Window;
            (_windowStart, _inWindow) = (now, 0);
        }
    }

    /// <summary>Nothing more was waiting.</summary>
    public void OnEmpty(Instant now) => _asksAgainAt = _isBusy ? now + Pause : now;
}
