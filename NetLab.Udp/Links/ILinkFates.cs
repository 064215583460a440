namespace NetLab.Udp.Links;

/// <summary>Told by a <see cref="LinkModel"/> what it decides.</summary>
internal interface ILinkFates
{
    /// <summary>A datagram leaves the queue, or is dropped.</summary>
    /// <param name="outcome">What befell it.</param>
    /// <param name="slot">What was given with it.</param>
    void OnDecided(in LinkOutcome outcome, int slot);

    /// <summary>The link does something else from now on.</summary>
    void OnChanged(in LinkChange change);
}
