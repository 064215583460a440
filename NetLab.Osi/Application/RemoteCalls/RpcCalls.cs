namespace NetLab.Osi.Application.RemoteCalls;

/// <summary>Calls of a conversation that wait for their reply. Bounded.</summary>
internal sealed class RpcCalls
{
    private const int MaxCalls = 4096;

    private readonly Dictionary<uint, RpcFacts> _calls = [];

    /// <summary>Keeps a call.</summary>
    public void Ask(uint id, RpcFacts call)
    {
        if (_calls.Count >= MaxCalls)
        {
            _calls.Clear();
        }

        _calls[id] = call;
    }

    /// <summary>The call that a reply answers; null when it was not seen.</summary>
    public RpcFacts? Find(uint id) => _calls.GetValueOrDefault(id);
}
