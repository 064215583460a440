using System.Net;
using System.Net.Sockets;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Streams;

/// <summary>The use of an endpoint on a TUN device, which may be shared with others.</summary>
/// <param name="endpoint">The endpoint.</param>
/// <param name="addresses">Its addresses.</param>
/// <param name="giveBack">Ends the use.</param>
internal sealed class TunLease(TcpEndpoint endpoint, IReadOnlyList<IPAddress> addresses, Func<ValueTask> giveBack) : IAsyncDisposable
{
    private int _givenBack;

    /// <summary>The endpoint; not to be disposed of.</summary>
    public TcpEndpoint Endpoint => endpoint;

    /// <summary>Its addresses.</summary>
    public IReadOnlyList<IPAddress> Addresses => addresses;

    /// <summary>Our address towards a peer.</summary>
    public IPAddress AddressFor(AddressFamily family) => addresses.First(a => a.AddressFamily == family);

    /// <summary>Ends the use without waiting for it.</summary>
    public void Forget() => _ = DisposeAsync().AsTask();

    /// <summary>Ends the use; the last one waits until connections have said their goodbyes.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _givenBack, 1) == 0 ? giveBack() : ValueTask.CompletedTask;
}
