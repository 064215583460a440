using System.Diagnostics.CodeAnalysis;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>
/// Puts user messages of SCTP together from their fragments (RFC 9260, 6.9; RFC 8260, 2.2). Each fragment costs the same, however
/// many there are: what is contiguous is a run of which only both ends are looked up. Bounded: beyond its size all are forgotten.
/// </summary>
internal sealed class SctpReassembly
{
    public static readonly MemorySlot<SctpReassembly> Slot = new(static () => new SctpReassembly());

    public const int MaxBytes = 8 << 20;
    public const int MaxFragments = 32_768;

    // A fragment's place in the tables and its object.
    private const int FragmentCost = 160;

    private readonly Dictionary<SctpFragmentKey, Fragment> _fragments = [];
    private readonly Dictionary<SctpFragmentKey, Run> _firsts = [];
    private readonly Dictionary<SctpFragmentKey, Run> _lasts = [];
    private long _bytes;

    /// <summary>Takes a fragment.</summary>
    /// <param name="key">Where it stands: neighbours have neighbouring numbers.</param>
    /// <param name="begins">Whether its message begins with it.</param>
    /// <param name="ends">Whether its message ends with it.</param>
    /// <param name="protocol">What it says that the message carries; the first fragment's word counts.</param>
    /// <param name="bytes">What it brings.</param>
    /// <param name="message">The message, when this fragment completes it.</param>
    /// <param name="messageProtocol">What the message carries.</param>
    /// <returns>Whether it completes its message.</returns>
    public bool TryComplete(
        in SctpFragmentKey key, bool begins, bool ends, uint protocol, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out byte[]? message, out uint messageProtocol)
    {
        (message, messageProtocol) = (null, protocol);
        if (_fragments.ContainsKey(key))
        {
            // Sent again: what came first stays.
            return false;
        }

        if (_bytes + bytes.Length + FragmentCost > MaxBytes || _fragments.Count >= MaxFragments)
        {
            Clear();
        }

        _fragments[key] = new Fragment(protocol, bytes.ToArray());
        _bytes += bytes.Length + FragmentCost;
        Run run = Join(key, begins, ends);
        if (!run.Begins || !run.Ends)
        {
            return false;
        }

        (message, messageProtocol) = Assemble(key, run);
        return true;
    }

    private Run Join(in SctpFragmentKey key, bool begins, bool ends)
    {
        var run = new Run(key.Number, key.Number, begins, ends);
        if (!begins && _lasts.TryGetValue(key.At(key.Number - 1), out Run before) && !before.Ends)
        {
            _lasts.Remove(key.At(before.Last));
            _firsts.Remove(key.At(before.First));
            run = run with { First = before.First, Begins = before.Begins };
        }

        if (!ends && _firsts.TryGetValue(key.At(key.Number + 1), out Run behind) && !behind.Begins)
        {
            _lasts.Remove(key.At(behind.Last));
            _firsts.Remove(key.At(behind.First));
            run = run with { Last = behind.Last, Ends = behind.Ends };
        }

        _firsts[key.At(run.First)] = run;
        _lasts[key.At(run.Last)] = run;
        return run;
    }

    private (byte[] Message, uint Protocol) Assemble(in SctpFragmentKey key, in Run run)
    {
        uint protocol = _fragments[key.At(run.First)].Protocol;
        var message = new List<byte>();
        for (uint number = run.First; ; number++)
        {
            if (_fragments.Remove(key.At(number), out Fragment fragment))
            {
                message.AddRange(fragment.Bytes);
                _bytes -= fragment.Bytes.Length + FragmentCost;
            }

            if (number == run.Last)
            {
                break;
            }
        }

        _firsts.Remove(key.At(run.First));
        _lasts.Remove(key.At(run.Last));
        return ([.. message], protocol);
    }

    private void Clear()
    {
        _fragments.Clear();
        _firsts.Clear();
        _lasts.Clear();
        _bytes = 0;
    }

    private readonly record struct Fragment(uint Protocol, byte[] Bytes);

    private readonly record struct Run(uint First, uint Last, bool Begins, bool Ends);
}
