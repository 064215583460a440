using System.Reflection;
using NetLab.Osi.Decoding;

namespace NetLab.Osi.Indexing;

/// <summary>
/// Copies a decoder with all that it remembers of a conversation, so that one can go on from the same packet more than once. Works on the
/// fields of objects, and so holds for the parser of every protocol, users' own among them; what cannot be copied, such as a stream that removes a coding,
/// is refused as a whole. For one thread at a time.
/// </summary>
internal sealed class StateCopier
{
    // A conversation needs some hundred objects; beyond this, it is cheaper to decode once more than to keep a copy.
    private const int MaxObjects = 1 << 18;
    private const long MaxBytes = 48 << 20;
    private const int ObjectBytes = 32;

    private static readonly Func<object, object> ShallowCopy =
        typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Func<object, object>>();

    private readonly StatePlans _plans = new();
    private readonly Dictionary<object, object> _copies = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<(object Copy, StatePlan Plan)> _open = new();
    private long _bytes;
    private bool _isRefused;

    /// <summary>What could not be copied last; null as long as all could.</summary>
    public string? Refused { get; private set; }

    /// <summary>Copies a decoder.</summary>
    /// <param name="decoder">The decoder; nothing may use it meanwhile.</param>
    /// <param name="copy">One that would decode what follows as this one; shares nothing with it that either changes.</param>
    /// <param name="bytes">About how much memory the copy takes.</param>
    /// <returns>False if it holds something that cannot be copied, or too much.</returns>
    public bool TryCopy(PacketDecoder decoder, out PacketDecoder copy, out long bytes)
    {
        (_bytes, _isRefused) = (0, false);
        try
        {
            copy = (PacketDecoder)Copy(decoder)!;
            while (!_isRefused && _open.TryPop(out (object Copy, StatePlan Plan) open))
            {
                Complete(open.Copy, open.Plan);
            }

            bytes = _bytes;
            return !_isRefused;
        }
        finally
        {
            _copies.Clear();
            _open.Clear();
        }
    }

    private object? Copy(object? source)
    {
        if (source is null || _isRefused)
        {
            return source;
        }

        StatePlan plan = _plans.Of(source.GetType());
        if (plan.Kind == StateKind.Shared)
        {
            return source;
        }

        if (_copies.TryGetValue(source, out object? known))
        {
            return known;
        }

        object? copy = plan.Kind switch
        {
            StateKind.Fields => ShallowCopy(source),
            StateKind.Array => ((Array)source).Clone(),
            StateKind.Cloneable => ((ICloneable)source).Clone(),
            StateKind.Function => CopyFunction((Delegate)source),
            _ => null,
        };
        _bytes += ObjectBytes + (source is Array array ? (long)array.Length * plan.ElementBytes : 0);
        if (copy is null || _copies.Count >= MaxObjects || _bytes > MaxBytes)
        {
            Refuse(copy is null ? source.GetType().FullName! : $"{_copies.Count} objects, {_bytes} bytes");
            return source;
        }

        _copies[source] = copy;
        if (plan.HoldsReferences)
        {
            _open.Push((copy, plan));
        }

        return copy;
    }

    // What a copy refers to is still the original's.
    private void Complete(object copy, StatePlan plan)
    {
        if (plan.Kind == StateKind.Array)
        {
            var array = (Array)copy;
            for (int i = 0; i < array.Length && !_isRefused; i++)
            {
                if (array.GetValue(i) is { } element)
                {
                    array.SetValue(CopyValue(element), i);
                }
            }

            return;
        }

        foreach (FieldInfo field in plan.References)
        {
            if (field.GetValue(copy) is { } value && CopyValue(value) is var changed && (value is ValueType || !ReferenceEquals(value, changed)))
            {
                field.SetValue(copy, changed);
            }
        }
    }

    // A boxed structure is a copy already; what it refers to is not.
    private object? CopyValue(object value)
    {
        if (value is not ValueType)
        {
            return Copy(value);
        }

        StatePlan plan = _plans.Of(value.GetType());
        if (plan.Kind == StateKind.Refused)
        {
            Refuse(value.GetType().FullName!);
        }
        else if (plan is { Kind: StateKind.Fields, HoldsReferences: true })
        {
            Complete(value, plan);
        }

        return value;
    }

    private void Refuse(string what) => (_isRefused, Refused) = (true, what);

    // One that knows an object must know its copy.
    private Delegate? CopyFunction(Delegate function)
    {
        if (!function.HasSingleTarget)
        {
            return null;
        }

        return function.Target is null ? function : Delegate.CreateDelegate(function.GetType(), Copy(function.Target), function.Method);
    }
}
