namespace NetLab.Osi.Protocols;

/// <summary>A UDP conversation: what passes between two ends, either way.</summary>
/// <param name="number">Its number, from 0 in the order of first packets.</param>
public abstract class DatagramConversation(int number)
{
    private object? _state;

    /// <summary>Its number, from 0 in the order of first packets.</summary>
    public int Number { get; } = number;

    /// <summary>What its datagrams were found to carry where ports do not say; null as long as it was not.</summary>
    public Protocol? Application { get; set; }

    /// <summary>What a protocol remembers of the conversation; of two protocols, the latter's remains.</summary>
    /// <typeparam name="T">What is remembered; must be of bounded size, for a capture may have tens of thousands of conversations.</typeparam>
    /// <param name="create">Makes it; null to ask only for what is there.</param>
    public T? State<T>(Func<T>? create)
        where T : class
    {
        if (_state is not T state)
        {
            state = create?.Invoke()!;
            _state = state ?? _state;
        }

        return state;
    }
}
