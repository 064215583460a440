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
    private readonly LinkedList<Entry> _strangers = new();
    private readonly LinkedList<Entry> _acquaintances = new();
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
        _acquaintances.Concat(_strangers).Select(e => KeyValuePair.Create(e.Key, e.Value));

    /// <summary>Finds a peer, which has been met again by that.</summary>
    public bool TryMeet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!_byKey.TryGetValue(key, out LinkedListNode<Entry>? node))
        {
            value = default;
            return false;
        }

        value = node.Value.Value;
        if (_acquaintances.First != node)
        {
            node.List!.Remove(node);
            _acquaintances.AddFirst(node);

            // Acquaintances never fill the table: whoever is new must be able to come back.
            if (_acquaintances.Count > _capacity / 2 && _strangers.Count == 0)
            {
                LinkedListNode<Entry> oldest = _acquaintances.Last!;
                _acquaintances.Remove(oldest);
                _strangers.AddFirst(oldest);
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
        _strangers.AddFirst(node);
        displaced = default;
        if (_byKey.Count <= _capacity)
        {
            return false;
        }

        // The newcomer itself is a stranger; if there is no other, the acquaintance not met for longest goes.
        LinkedListNode<Entry> oldest = _strangers.Count > 1 ? _strangers.Last! : _acquaintances.Last!;
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
