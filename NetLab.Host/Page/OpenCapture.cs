using NetLab.Host.Captures;
using NetLab.Host.Http;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Filters;
using NetLab.Osi.Indexing;
using NetLab.Osi.Statistics;

namespace NetLab.Host.Page;

/// <summary>A capture that the page shows: its index, which a thread builds, and what was asked of it. Safe for several threads.</summary>
internal sealed class OpenCapture : IAsyncDisposable
{
    // Each decodes the whole capture: what a person types one after the other is not kept longer than that.
    private const int MaxSearches = 6;

    // For a packet that is asked for while the capture is being read.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // What a live capture brought since it was asked last is mostly counted in less.
    private static readonly TimeSpan MaxSummary = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _closing = new();
    private readonly LinkedList<Search> _searches = new();
    private readonly Dictionary<long, string> _notes = [];
    private readonly Lazy<GrowingSummary> _growing;
    private readonly Task _building;

    private OpenCapture(int id, string name, string? temporaryFile, CaptureInput input)
    {
        (Id, Name, TemporaryFile, Input) = (id, name, temporaryFile, input);
        CaptureReader reader = input.Open(_closing.Token);
        try
        {
            bool isOneFile = input.Others is null && !input.IsPipe && !input.Grows;
            IsLive = input.IsPipe || input.Grows;
            Index = new CaptureIndex(reader, isOneFile ? input.Path : null, new DecoderOptions { Protocols = input.Protocols });
        }
        catch
        {
            reader.Dispose();
            throw;
        }

        if (input.KeyLog is { } keyLog)
        {
            Index.AddKeyLog(File.ReadAllText(keyLog));
        }

        Replays = new ReplayCache(Index);
        _growing = new Lazy<GrowingSummary>(() => new GrowingSummary(Index));
        _building = Task.Factory.StartNew(Build, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Its number among those that are open.</summary>
    public int Id { get; }

    /// <summary>Its name: the file's, without folders.</summary>
    public string Name { get; }

    /// <summary>How it was opened.</summary>
    public CaptureInput Input { get; }

    /// <summary>The file that it was brought in, which goes with it; null if it is the user's own.</summary>
    public string? TemporaryFile { get; }

    /// <summary>Its packets.</summary>
    public CaptureIndex Index { get; }

    /// <summary>Its packets, one by one.</summary>
    public ReplayCache Replays { get; }

    /// <summary>Whether packets come as they pass, and it ends when it ends.</summary>
    public bool IsLive { get; }

    /// <summary>Why it could not be read to its end; null if nothing went wrong. Damage of the file is the index's to tell.</summary>
    public string? Failure { get; private set; }

    /// <summary>Opens one.</summary>
    /// <exception cref="InvalidDataException">It is no capture.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static OpenCapture Open(int id, string name, CaptureInput input, string? temporaryFile = null) => new(id, name, temporaryFile, input);

    /// <summary>What a filter finds; begun when it is asked for first.</summary>
    /// <param name="filter">The expression.</param>
    /// <exception cref="ProblemException">It makes no sense: 400 with the place.</exception>
    public FilterSearch Find(string filter)
    {
        lock (_searches)
        {
            LinkedListNode<Search>? known = _searches.First;
            while (known is not null && known.Value.Filter.Filter != filter)
            {
                known = known.Next;
            }

            if (known is not null)
            {
                _searches.Remove(known);
                _searches.AddFirst(known);
                return known.Value.Filter;
            }

            if (!DisplayFilter.TryParse(filter, Input.Protocols, out DisplayFilter? parsed, out string? error))
            {
                throw new ProblemException(Problem.BadRequest($"filter: {error}"));
            }

            var search = new Search(new FilterSearch(Index, parsed), CancellationTokenSource.CreateLinkedTokenSource(_closing.Token));
            _searches.AddFirst(search);
            if (_searches.Count > MaxSearches)
            {
                _searches.Last!.Value.Stop();
                _searches.RemoveLast();
            }

            search.Begin();
            return search.Filter;
        }
    }

    /// <summary>Shows what the capture adds up to: of a live one what it has so far, of one that is being read nothing (null) before its end.</summary>
    public void Summarize(Action<CaptureStatistics?, IReadOnlyList<Conversation>, int, IReadOnlyList<Anomaly>> viewer)
    {
        if (Index.IsComplete || !IsLive)
        {
            viewer(Index.Statistics, Index.Conversations, Index.ConversationCount, Index.Anomalies);
            return;
        }

        _growing.Value.Look(MaxSummary, (statistics, conversations, count, anomalies) => viewer(statistics, conversations, count, anomalies));
    }

    /// <summary>Waits until the index has what is asked for, or has all, or a while is over.</summary>
    /// <param name="isThere">Whether it has.</param>
    /// <param name="patience">How long at most, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task WaitAsync(Func<bool> isThere, TimeSpan patience, CancellationToken cancellationToken)
    {
        long began = Environment.TickCount64;
        while (!isThere() && !Index.IsComplete && (patience == Timeout.InfiniteTimeSpan || Environment.TickCount64 - began < patience.TotalMilliseconds))
        {
            await Task.Delay(5, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a packet that may not have been read yet.</summary>
    /// <param name="number">Its ordinal in the capture.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ProblemException">404: there is none, or it was not read in time.</exception>
    public async Task RequirePacketAsync(long number, CancellationToken cancellationToken)
    {
        if (number >= 1)
        {
            await WaitAsync(() => Index.Count >= number, Patience, cancellationToken).ConfigureAwait(false);
        }

        bool isWhole = Index.IsComplete;
        if (number < 1 || number > Index.Count)
        {
            throw new ProblemException(Problem.NotFound($"there is no packet {number}{(isWhole ? "" : $" yet: {Index.Count} are read")}"));
        }
    }

    /// <summary>Waits for the first packet of a conversation, which may not have been read yet.</summary>
    /// <param name="isUdp">Whether it is a UDP conversation, and not a TCP stream.</param>
    /// <param name="conversation">Its number.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ProblemException">404: there is none, or it was not read in time.</exception>
    public async Task RequireConversationAsync(bool isUdp, int conversation, CancellationToken cancellationToken)
    {
        await WaitAsync(() => Index.Has(isUdp, conversation), Patience, cancellationToken).ConfigureAwait(false);
        bool isWhole = Index.IsComplete;
        if (!Index.Has(isUdp, conversation))
        {
            string kind = isUdp ? "UDP conversation" : "TCP stream";
            throw new ProblemException(Problem.NotFound($"the capture has no {kind} {conversation}{(isWhole ? "" : $" yet: {Index.Count} packets are read")}"));
        }
    }

    /// <summary>The note on a packet as the user changed it; null if it was not changed.</summary>
    public string? NoteOn(long number)
    {
        lock (_notes)
        {
            return _notes.GetValueOrDefault(number);
        }
    }

    /// <summary>Changes the note on a packet; an empty one takes it away.</summary>
    public void Note(long number, string note)
    {
        lock (_notes)
        {
            _notes[number] = note;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);

        // Who reads a pipe that brings nothing cannot be told to stop: it ends with the pipe, and finds its files closed.
        await (IsLive ? Task.WhenAny(_building, Task.Delay(MaxSummary)) : _building).ConfigureAwait(false);
        List<Search> searches;
        lock (_searches)
        {
            searches = [.. _searches];
        }

        foreach (Search search in searches)
        {
            await search.EndAsync().ConfigureAwait(false);
        }

        if (_growing.IsValueCreated)
        {
            _growing.Value.Dispose();
        }

        Index.Dispose();
        _closing.Dispose();
        if (TemporaryFile is not null)
        {
            File.Delete(TemporaryFile);
        }
    }

    private void Build()
    {
        try
        {
            Index.Build(_closing.Token);
            Replays.Prepare(_closing.Token);
        }
        catch (OperationCanceledException)
        {
            // Closed before it was read to its end.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException || (error is ObjectDisposedException && _closing.IsCancellationRequested))
        {
            Failure = error.Message;
        }
    }

    private sealed class Search(FilterSearch filter, CancellationTokenSource stopping)
    {
        private Task _running = Task.CompletedTask;

        public FilterSearch Filter => filter;

        public void Begin() => _running = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        public void Stop() => stopping.Cancel();

        public async Task EndAsync()
        {
            Stop();
            await _running.ConfigureAwait(false);
            stopping.Dispose();
        }

        private void Run()
        {
            try
            {
                filter.Run(stopping.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or IOException)
            {
                // Nobody wants it any more, or the capture's index says what is wrong with the file.
            }
        }
    }
}
