using NetLab.Udp.Links;
using NetLab.Udp.Links.Paths;

namespace NetLab.Host.Paths;

/// <summary>
/// Writes down, as a path that a link can play, what a relay's link did. It is told of datagrams as their fate is decided, and a drop is
/// decided before those that wait in the queue ahead of it: here they come in the order of entry again. Told by the relay's thread alone.
/// </summary>
internal sealed class LinkPathRecorder
{
    private readonly Direction _up = new();
    private readonly Direction _down = new();

    /// <summary>Takes an entry of the link's log.</summary>
    /// <param name="up">Whether it is of the way from the client to the server.</param>
    /// <param name="outcome">The entry.</param>
    public void Add(bool up, LinkOutcome outcome) => (up ? _up : _down).Add(outcome);

    /// <summary>What was seen until now; only when the relay has stopped.</summary>
    /// <param name="seed">The seed with which it is to be played.</param>
    public CapturedPath Build(ulong seed)
    {
        _up.Flush();
        _down.Flush();
        return new CapturedPath(
            new RecordedPath(_up.Recorder.Build("up"), _down.Recorder.Build("down"), seed),
            [Note("up", _up.Recorder), Note("down", _down.Recorder)]);
    }

    private static string Note(string direction, PathRecorder recorder) => FormattableString.Invariant($"{direction}: {recorder.Entered} datagrams, {recorder.Lost} of them lost");

    private sealed class Direction
    {
        private readonly PriorityQueue<LinkOutcome, long> _early = new();
        private long _next = 1;

        public PathRecorder Recorder { get; } = new();

        public void Add(LinkOutcome outcome)
        {
            // Told again of one whose fate was changed by hand: what the path did by itself counts.
            if (outcome.Ordinal < _next)
            {
                return;
            }

            _early.Enqueue(outcome, outcome.Ordinal);
            while (_early.TryPeek(out LinkOutcome next, out long ordinal) && ordinal <= _next)
            {
                _early.Dequeue();
                Take(next);
                _next = ordinal + 1;
            }
        }

        public void Flush()
        {
            while (_early.TryDequeue(out LinkOutcome next, out _))
            {
                Take(next);
            }
        }

        private void Take(in LinkOutcome outcome) =>
            Recorder.Add(outcome.EnteredAt, outcome.Length + 28, outcome.IsDropped ? null : outcome.DeliverAt - outcome.EnteredAt);
    }
}
