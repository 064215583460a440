using System.Net;
using NetLab.Host.Experiments.Networks;
using NetLab.Tcp.Events;
using NetLab.Udp.Time;

namespace NetLab.Host.Live;

/// <summary>The two ends of a session on real sockets, whatever they speak.</summary>
internal interface ILiveCarrier : IAsyncDisposable
{
    /// <summary>Sees a datagram that an end sends.</summary>
    /// <param name="at">When.</param>
    /// <param name="fromClient">Which end.</param>
    /// <param name="datagram">Its UDP payload.</param>
    delegate void SentHandler(Instant at, bool fromClient, ReadOnlySpan<byte> datagram);

    /// <summary>Told of each datagram, on the thread of the end that sends it; set before <see cref="Listen"/>.</summary>
    SentHandler Sent { set; }

    /// <summary>Told of each state that an end comes to, the client's first; set before <see cref="Listen"/>.</summary>
    Action<bool, Instant, ConnectionState> StateChanged { set; }

    /// <summary>Told what an end knows of the path; set before <see cref="Listen"/>.</summary>
    Action<bool, FlowSample> Sampled { set; }

    /// <summary>Bytes that reached the server's application.</summary>
    long Delivered { get; }

    /// <summary>Opens the server's socket.</summary>
    /// <returns>Its address.</returns>
    IPEndPoint Listen();

    /// <summary>Transfers, to the end.</summary>
    /// <param name="relay">Where the client sends to.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    Task RunAsync(IPEndPoint relay, CancellationToken cancellationToken);
}
