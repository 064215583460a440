namespace NetLab.Udp.Links;

/// <summary>What befell a datagram on a link.</summary>
[Flags]
public enum LinkEffects
{
    /// <summary>It passed, delayed at most.</summary>
    None = 0,

    /// <summary>Lost at random.</summary>
    Lost = 1,

    /// <summary>Dropped because a script named it.</summary>
    ScriptedDrop = 2,

    /// <summary>Dropped because the queue before the line was full.</summary>
    QueueDrop = 4,

    /// <summary>Delivered twice.</summary>
    Duplicated = 8,

    /// <summary>Held back so that later ones could overtake it.</summary>
    HeldBack = 16,

    /// <summary>One bit flipped.</summary>
    Corrupted = 32,

    /// <summary>Marked instead of dropped later: the queue was long, and its sender understands (RFC 3168).</summary>
    Marked = 64,

    /// <summary>Dropped because it was larger than the link carries, without a word to its sender.</summary>
    TooLarge = 128,

    /// <summary>Dropped by the queue's discipline, though there was room (CoDel, PIE, RED).</summary>
    EarlyDrop = 256,

    /// <summary>Lost because the link was down.</summary>
    Down = 512,
}
