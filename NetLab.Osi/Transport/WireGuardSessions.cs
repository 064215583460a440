using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>The sessions of WireGuard that handshakes began: each end chose a number for it, by which the other names it. Bounded: the oldest are forgotten all at once.</summary>
internal sealed class WireGuardSessions
{
    public static readonly MemorySlot<WireGuardSessions> Slot = new(static () => new WireGuardSessions());

    private const int MaxEntries = 8192;

    private readonly Dictionary<(int Conversation, uint Number), WireGuardSession> _sessions = [];
    private int _next;

    /// <summary>A handshake begins: its initiator chose a number.</summary>
    public WireGuardSession Begin(int conversation, uint initiator)
    {
        var session = new WireGuardSession(_next++);
        Keep(conversation, initiator, session);
        return session;
    }

    /// <summary>A handshake is answered: its responder chose a number, too.</summary>
    public WireGuardSession? Answer(int conversation, uint initiator, uint responder)
    {
        if (Find(conversation, initiator) is not { } session)
        {
            return null;
        }

        Keep(conversation, responder, session);
        return session;
    }

    /// <summary>The session of a number; null if its handshake was not seen.</summary>
    public WireGuardSession? Find(int conversation, uint number) => _sessions.GetValueOrDefault((conversation, number));

    private void Keep(int conversation, uint number, WireGuardSession session)
    {
        if (_sessions.Count >= MaxEntries)
        {
            _sessions.Clear();
        }

        _sessions[(conversation, number)] = session;
    }
}
