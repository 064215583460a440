namespace NetLab.Osi.Application.FileSharing;

/// <summary>What a conversation of SMB has said so far: trees, files, and what was asked for. Bounded in each.</summary>
internal sealed class SmbSession
{
    private const int MaxEntries = 4096;

    private readonly Dictionary<int, string> _trees = [];
    private readonly Dictionary<int, string> _files = [];
    private readonly Dictionary<(int Process, int Multiplex), SmbRequest> _requests = [];

    /// <summary>What is remembered of the pipes' messages.</summary>
    public RemoteCalls.DceRpcCalls Calls { get; } = new();

    public void Ask(int process, int multiplex, SmbRequest request)
    {
        if (_requests.Count >= MaxEntries)
        {
            _requests.Clear();
        }

        _requests[(process, multiplex)] = request;
    }

    public SmbRequest? Answer(int process, int multiplex) => _requests.GetValueOrDefault((process, multiplex));

    public void Connect(int tree, string path)
    {
        if (_trees.Count < MaxEntries)
        {
            _trees[tree] = path;
        }
    }

    public string? Tree(int tree) => _trees.GetValueOrDefault(tree);

    public void Open(int file, string name)
    {
        if (_files.Count < MaxEntries)
        {
            _files[file] = name;
        }
    }

    public string? File(int file) => _files.GetValueOrDefault(file);
}

/// <summary>A request that waits for its response.</summary>
/// <param name="Path">The path of a tree that is to be connected.</param>
/// <param name="Name">The name of a file that is to be opened.</param>
/// <param name="File">The file it is about; null for none.</param>
internal sealed record SmbRequest(string? Path, string? Name, int? File);
