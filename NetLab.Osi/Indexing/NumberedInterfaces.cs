using NetLab.Osi.Captures;

namespace NetLab.Osi.Indexing;

/// <summary>The interfaces of a capture by numbers, in the order in which packets name them. One thread adds; any may ask.</summary>
internal sealed class NumberedInterfaces
{
    private readonly List<CaptureInterface> _interfaces = [];
    private readonly Dictionary<CaptureInterface, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private CaptureInterface? _last;
    private int _lastNumber;

    /// <summary>The interface of a number.</summary>
    public CaptureInterface this[int number]
    {
        get
        {
            lock (_interfaces)
            {
                return _interfaces[number];
            }
        }
    }

    /// <summary>The number of an interface, which it gets with its first packet.</summary>
    public int NumberOf(CaptureInterface source)
    {
        // Most captures have one.
        if (ReferenceEquals(source, _last))
        {
            return _lastNumber;
        }

        if (!_numbers.TryGetValue(source, out int number))
        {
            number = _interfaces.Count;
            _numbers.Add(source, number);
            lock (_interfaces)
            {
                _interfaces.Add(source);
            }
        }

        (_last, _lastNumber) = (source, number);
        return number;
    }
}
