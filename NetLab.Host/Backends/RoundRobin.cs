namespace NetLab.Host.Backends;

/// <summary>Each in turn.</summary>
internal sealed class RoundRobin : IChooser
{
    private uint _next;

    /// <inheritdoc/>
    public int Choose(Backend[] ready, string client) => (int)(_next++ % (uint)ready.Length);
}
