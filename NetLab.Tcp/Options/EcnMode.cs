namespace NetLab.Tcp.Options;

/// <summary>Whether a connection lets itself be marked instead of dropped (ECN, by RFC 9768 or RFC 3168).</summary>
public enum EcnMode
{
    /// <summary>Only if the peer asks for it, as most systems do.</summary>
    Answer,

    /// <summary>Accurate feedback is asked for (RFC 9768); a peer that knows only RFC 3168 gets that.</summary>
    Request,

    /// <summary>Never.</summary>
    Off,

    /// <summary>Only the feedback of RFC 3168 is asked for.</summary>
    RequestClassic,
}
