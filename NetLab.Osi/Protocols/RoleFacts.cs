namespace NetLab.Osi.Protocols;

/// <summary>Whether a message is a request or a response, where its bytes alone do not say.</summary>
internal sealed class RoleFacts : LayerFacts
{
    /// <summary>Of a message from the client.</summary>
    public static readonly RoleFacts OfRequest = new();

    /// <summary>Of a message from the server.</summary>
    public static readonly RoleFacts OfResponse = new();

    private RoleFacts()
    {
    }

    /// <summary>The role of a message by who sends it in its conversation.</summary>
    public static RoleFacts Of(in Dissection dissection) => dissection.Conversation is { IsFromClient: false } ? OfResponse : OfRequest;
}
