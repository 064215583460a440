namespace NetLab.Osi.Application.FileSharing;

/// <summary>What a conversation of SMB2 has said so far: who is logged on, which trees are connected, what was asked for. Bounded in each.</summary>
internal sealed class Smb2Session
{
    // A server's credits allow as many requests at once at most; sessions and trees are a handful.
    private const int MaxRequests = 8192;
    private const int MaxTrees = 1024;

    private readonly Dictionary<ulong, Request> _requests = [];
    private readonly Dictionary<ulong, Smb2Facts> _accounts = [];
    private readonly Dictionary<(ulong Session, uint Tree), (string Path, bool IsPipe)> _trees = [];

    /// <summary>Who authenticated last, before the server has agreed.</summary>
    public (string User, string Domain)? Account { get; set; }

    /// <summary>What is remembered of the pipes' messages.</summary>
    public RemoteCalls.DceRpcCalls Calls { get; } = new();

    /// <summary>Keeps a request until its response.</summary>
    public void Ask(ulong message, in Request request)
    {
        if (_requests.Count >= MaxRequests)
        {
            _requests.Clear();
        }

        _requests[message] = request;
    }

    /// <summary>The request that a response answers.</summary>
    /// <param name="message">Its number.</param>
    /// <param name="keep">Whether another response will follow: this one said that the answer is pending.</param>
    public Request? Answer(ulong message, bool keep)
    {
        if (!_requests.TryGetValue(message, out Request request))
        {
            return null;
        }

        if (!keep)
        {
            _requests.Remove(message);
        }

        return request;
    }

    /// <summary>The server has agreed to a session of who authenticated last.</summary>
    public void LogOn(ulong session)
    {
        if (Account is { } account && _accounts.Count < MaxTrees)
        {
            _accounts[session] = new Smb2Facts(account.User, account.Domain, null, 0);
        }
    }

    /// <summary>A tree is connected.</summary>
    public void Connect(ulong session, uint tree, string path, bool isPipe)
    {
        if (_trees.Count < MaxTrees)
        {
            _trees[(session, tree)] = (path, isPipe);
        }
    }

    /// <summary>A tree's path, and whether its files are pipes.</summary>
    public (string? Path, bool IsPipe) Tree(ulong session, uint tree) => _trees.TryGetValue((session, tree), out (string Path, bool IsPipe) found) ? found : (null, false);

    /// <summary>What is known of a session: its user; null if nothing is.</summary>
    public Smb2Facts? Of(ulong session) => _accounts.GetValueOrDefault(session);

    /// <summary>A request that waits for its response.</summary>
    /// <param name="Tree">The path of a tree that is to be connected.</param>
    /// <param name="Detail">The level of information that is asked for, or a control code.</param>
    /// <param name="File">The file it is about.</param>
    public readonly record struct Request(string? Tree, uint Detail, Guid File);
}
