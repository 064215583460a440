namespace NetLab.Osi.Statistics;

/// <summary>The largest of many conversations; the others are forgotten as they are found to be smaller.</summary>
/// <param name="top">How many are kept.</param>
internal sealed class LargestConversations(int top)
{
    // The smallest of those that are kept comes out first.
    private readonly PriorityQueue<Conversation, long> _kept = new();

    /// <summary>Those that are kept, the largest first; of equals, the one that came first in the capture.</summary>
    public IReadOnlyList<Conversation> All =>
        [.. _kept.UnorderedItems.Select(i => i.Element).OrderByDescending(c => c.Bytes).ThenBy(c => c.Protocol, StringComparer.Ordinal).ThenBy(c => c.Number)];

    /// <summary>Offers one; it is put into words only if it is kept.</summary>
    public void Offer<T>(long bytes, T source, Func<T, Conversation> make)
    {
        if (_kept.Count < top)
        {
            _kept.Enqueue(make(source), bytes);
        }
        else if (top > 0 && _kept.TryPeek(out _, out long smallest) && bytes > smallest)
        {
            _kept.DequeueEnqueue(make(source), bytes);
        }
    }
}
