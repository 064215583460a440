namespace NetLab.Osi.Protocols;

/// <summary>What passes between two ends, either way: a UDP conversation, or the messages of a TCP stream.</summary>
/// <param name="number">Its number, from 0 in the order of first packets.</param>
public abstract class MessageConversation(int number)
{
    private object? _state;

    /// <summary>Its number, from 0 in the order of first packets; UDP conversations and TCP streams are counted apart.</summary>
    public int Number { get; } = number;

    /// <summary>What its datagrams were found to carry where ports do not say; null as long as it was not.</summary>
    public Protocol? Application { get; set; }

    /// <summary>Whether the message at hand comes from the end that has the client's part: the one that sent the first datagram, or opened the stream.</summary>
    public bool IsFromClient { get; internal set; }

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
