using System.Diagnostics.CodeAnalysis;

namespace NetLab.Udp.Sockets;

/// <summary>
/// A bounded table of peers that a flood of made-up ones cannot empty: who was met only once makes room before anybody who
/// was met again, and of each kind the one not met for longest first (a segmented LRU; Karedla, Love, Wherry 1994).
/// Adding, finding and making room take constant time.
/// </summary>
/// <typeparam name="TKey">What tells peers apart.</typeparam>
/// <typeparam name="TValue">What is kept of each.</typeparam>
public sealed class PeerTable<TKey, TValue>
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _byKey = [];
    private readonly LinkedList<Entry> _seenOnce = new();
    private readonly LinkedList<Entry> _seenAgain = new();
    private readonly int _capacity;

    /// <summary>Makes an empty table.</summary>
    /// <param name="capacity">How many peers it keeps, at least 2.</param>
    public PeerTable(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        _capacity = capacity;
    }

    /// <summary>How many peers are in it.</summary>
    public int Count => _byKey.Count;

    /// <summary>All of them, in no order that means anything.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> All =>
        _seenAgain.Concat(_seenOnce).Select(e => KeyValuePair.Create(e.Key, e.Value));

    /// <summary>Finds a peer, which has been met again by that.</summary>
    public bool TryMeet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!_byKey.TryGetValue(key, out LinkedListNode<Entry>? node))
        {
            value = default;
            return false;
        }

        value = node.Value.Value;
        if (_seenAgain.First != node)
        {
            node.List!.Remove(node);
            _seenAgain.AddFirst(node);

            // Peers met again never fill the table: whoever is new must be able to come back.
            if (_seenAgain.Count > _capacity / 2 && _seenOnce.Count == 0)
            {
                LinkedListNode<Entry> oldest = _seenAgain.Last!;
                _seenAgain.Remove(oldest);
                _seenOnce.AddFirst(oldest);
            }
        }

        return true;
    }

    /// <summary>Finds a peer without meeting it.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        bool found = _byKey.TryGetValue(key, out LinkedListNode<Entry>? node);
        value = found ? node!.Value.Value : default;
        return found;
    }

    /// <summary>Adds a peer that is not in the table.</summary>
    /// <param name="key">It.</param>
    /// <param name="value">What to keep of it.</param>
    /// <param name="displaced">Who had to make room.</param>
    /// <returns>Whether somebody had to.</returns>
    /// <exception cref="ArgumentException">The peer is in the table already.</exception>
    public bool Add(TKey key, TValue value, [MaybeNullWhen(false)] out TValue displaced)
    {
        var node = new LinkedListNode<Entry>(new Entry(key, value));
        _byKey.Add(key, node);
        _seenOnce.AddFirst(node);
        displaced = default;
        if (_byKey.Count <= _capacity)
        {
            return false;
        }

        // The new one has been met once; if there is no other such, the one met again that was not met for longest goes.
        LinkedListNode<Entry> oldest = _seenOnce.Count > 1 ? _seenOnce.Last! : _seenAgain.Last!;
        displaced = oldest.Value.Value;
        Remove(oldest.Value.Key);
        return true;
    }

    /// <summary>Takes a peer out.</summary>
    public bool Remove(TKey key)
    {
        if (!_byKey.Remove(key, out LinkedListNode<Entry>? node))
        {
            return false;
        }

        node.List!.Remove(node);
        return true;
    }

    private readonly record struct Entry(TKey Key, TValue Value);
}
