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

    /// <summary>What its datagrams may carry, too, where neither ports nor how they begin say something else: media beside the handshake that keyed them. Null if nothing is known.</summary>
    internal Protocol? Beside { get; set; }

    /// <summary>Whether the message at hand comes from the end that has the client's part: the one that sent the first datagram, or opened the stream.</summary>
    public bool IsFromClient { get; internal set; }

    /// <summary>Whether something before the message at hand was not captured.</summary>
    internal bool IsResumed { get; set; }

    /// <summary>Whether a token that begins a security context was seen in it.</summary>
    internal bool HasSecurityContext { get; set; }

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
