using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Session;

/// <summary>
/// A protocol on byte streams. Where a message is a whole that is taken apart like a datagram, <see cref="Messages"/> is all it
/// needs; a protocol with a state of its own begins a <see cref="StreamProtocol"/> for each stream.
/// </summary>
public sealed class StreamedProtocol : Protocol
{
    /// <summary>Makes a protocol whose streams have a state.</summary>
    /// <param name="name">Its name in JSON, in summaries and in filters.</param>
    /// <param name="layer">The layer whose work it does.</param>
    /// <param name="title">Its name for people.</param>
    /// <param name="fields">All its fields.</param>
    /// <param name="begin">Begins with a stream that may speak it; null when the stream's first bytes say that it does not.</param>
    /// <param name="dissect">Takes a datagram or a whole message of it apart; null for none.</param>
    /// <param name="describe">Tells the fields of what <paramref name="dissect"/> noted.</param>
    /// <param name="filter">Its name in filters where Wireshark's is another.</param>
    public StreamedProtocol(
        string name, OsiLayer layer, string title, IReadOnlyList<Field> fields, StreamBeginner begin, Dissector? dissect = null, Describer? describe = null, string? filter = null)
        : base(name, layer, title, fields, dissect, describe, filter)
    {
        ArgumentNullException.ThrowIfNull(begin);
        Begin = begin;
    }

    /// <summary>Makes a protocol whose stream is one message after another, each taken apart like a datagram.</summary>
    /// <param name="name">Its name in JSON, in summaries and in filters.</param>
    /// <param name="layer">The layer whose work it does.</param>
    /// <param name="title">Its name for people.</param>
    /// <param name="fields">All its fields.</param>
    /// <param name="frame">Says how long the next message is.</param>
    /// <param name="dissect">Takes a whole message apart; the same serves datagrams, if the protocol has any.</param>
    /// <param name="describe">Tells its fields; null when all of them stand in the header at places of their own.</param>
    /// <param name="filter">Its name in filters where Wireshark's is another.</param>
    /// <param name="begins">Whether bytes begin like a message: asked once a stream whose port chose the protocol; null takes them as they come.</param>
    public static StreamedProtocol Messages(
        string name, OsiLayer layer, string title, IReadOnlyList<Field> fields, MessageFrame frame, Dissector dissect, Describer? describe = null, string? filter = null, Recognizer? begins = null)
    {
        ArgumentNullException.ThrowIfNull(frame);
        StreamedProtocol? protocol = null;
        protocol = new StreamedProtocol(
            name, layer, title, fields, (in StreamStart start) => begins?.Invoke(start.Bytes) == false ? null : new MessageProtocol(protocol!, frame), dissect, describe, filter)
        {
            Begins = begins,
        };
        return protocol;
    }

    /// <summary>Begins with a stream that may speak it.</summary>
    internal StreamBeginner Begin { get; }
}
