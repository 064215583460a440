namespace NetLab.Tcp.Options;

/// <summary>Whether a connection lets itself be marked instead of dropped (ECN, by RFC 9768).</summary>
public enum EcnMode
{
    /// <summary>Only if the peer asks for it, as most systems do.</summary>
    Answer,

    /// <summary>Asked for.</summary>
    Request,

    /// <summary>Never.</summary>
    Off,
}
