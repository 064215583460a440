using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Connections.Sending;

namespace NetLab.Tcp.Connections;

/// <summary>What a connection consists of, handed to those who work on it.</summary>
/// <param name="Sender">The sending half.</param>
/// <param name="Receiver">The receiving half.</param>
/// <param name="Negotiated">Which options the ends have agreed on.</param>
/// <param name="Clock">The clock of our timestamps.</param>
/// <param name="Ecn">What they have agreed on of ECN.</param>
/// <param name="Marks">What the peer is told of marks.</param>
/// <param name="KeepAlive">When an idle peer is asked.</param>
internal sealed record ConnectionParts(
    Sender Sender, Receiver Receiver, NegotiatedOptions Negotiated, TimestampClock Clock, EcnNegotiation Ecn, EcnDataReceiver Marks, KeepAlive KeepAlive);
