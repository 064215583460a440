using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Forwarding;

/// <summary>Clients that send datagrams: who sends for the first time, or after a silence, is a new connection.</summary>
internal sealed class DatagramSource : IForwardSource
{
    // As most address translators forget a UDP flow (RFC 4787, REQ-5).
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(2);

    // Of made-up senders each would be a connection to the target.
    private const int MaxClients = 512;

    private readonly Socket _socket;
    private readonly Dictionary<IPEndPoint, DatagramLeg> _legs = [];
    private readonly Channel<IForwardLeg> _accepted = Channel.CreateUnbounded<IForwardLeg>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _receiving;

    /// <exception cref="UsageException">The address is taken or not this machine's.</exception>
    public DatagramSource(ForwardSettings settings)
    {
        IPEndPoint local = ForwardSettings.EndPointOf(settings.From);
        _socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.Bind(local);
        }
        catch (SocketException error)
        {
            _socket.Dispose();
            throw BindFailure.Explain(settings.From, error);
        }

        Address = settings.From.At((IPEndPoint)_socket.LocalEndPoint!);
        _receiving = ReceiveAsync();
    }

    /// <inheritdoc/>
    public LabAddress Address { get; }

    /// <inheritdoc/>
    public async Task<IForwardLeg> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _accepted.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException error)
        {
            throw new IOException($"{Address}: {error.InnerException?.Message ?? "closed"}", error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _stopping.Dispose();
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[1 << 16];
        var any = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        try
        {
            while (true)
            {
                SocketReceiveFromResult received;
                try
                {
                    received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, any, _stopping.Token).ConfigureAwait(false);
                }
                catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused)
                {
                    // A client that is not there any more: it stays silent from now on.
                    continue;
                }

                LegOf((IPEndPoint)received.RemoteEndPoint)?.Receive(buffer.AsSpan(0, received.ReceivedBytes));
            }
        }
        catch (Exception error)
        {
            _accepted.Writer.TryComplete(error);
        }
    }

    private DatagramLeg? LegOf(IPEndPoint client)
    {
        lock (_legs)
        {
            if (_legs.TryGetValue(client, out DatagramLeg? known))
            {
                return known;
            }

            foreach (DatagramLeg idle in _legs.Values.Where(l => Environment.TickCount64 - l.LastActive > IdleTimeout.TotalMilliseconds))
            {
                idle.End();
            }

            if (_legs.Count >= MaxClients)
            {
                return null;
            }

            var leg = new DatagramLeg(client, async (bytes, cancellationToken) =>
                await _socket.SendToAsync(bytes, SocketFlags.None, client, cancellationToken).ConfigureAwait(false))
            {
                OnClosed = _ =>
                {
                    lock (_legs)
                    {
                        _legs.Remove(client);
                    }
                },
            };
            _legs.Add(client, leg);
            _accepted.Writer.TryWrite(leg);
            return leg;
        }
    }
}
