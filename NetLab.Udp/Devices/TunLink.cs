using NetLab.Udp.Links;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Devices;

/// <summary>
/// An emulated link between two TUN devices: what the kernel sends to the one comes out of the other, when and as the same <see cref="LinkModel"/> says
/// that decides for <see cref="LinkRelay"/>. The model counts whole IP packets. Up is from the first device to the second.
/// </summary>
public sealed class TunLink : IDisposable
{
    // As many packets of one device as the other has to wait for.
    private const int TurnLength = 64;

    private readonly TunDevice _first;
    private readonly TunDevice _second;
    private readonly EmulatedLink<Passing> _up;
    private readonly EmulatedLink<Passing> _down;
    private readonly LinkDelivery<Passing> _deliver;
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly Waker _waker = Waker.Create();
    private readonly byte[] _buffer = new byte[TunDevice.MaxPacketLength];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly DatagramMatch? _match;
    private LinkDescription? _change;
    private long _refused;
    private volatile bool _stopping;

    /// <summary>Makes one that passes nothing before <see cref="Start"/>.</summary>
    /// <param name="first">The device at whose side up begins; the caller's to dispose of, after this.</param>
    /// <param name="second">The device at the other side.</param>
    /// <param name="link">What happens on the way.</param>
    /// <param name="seed">The seed when the link names none.</param>
    /// <param name="match">What the names of scripted faults mean, of IP packets; needed if there are any.</param>
    public TunLink(TunDevice first, TunDevice second, LinkDescription link, ulong seed, DatagramMatch? match = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(link);
        (_first, _second, _match) = (first, second, match);
        (LinkModel up, LinkModel down) = link.CreateModels(seed, match, headerBytes: 0);
        (_up, _down) = (new EmulatedLink<Passing>(up) { FlowOf = passing => passing.Flow }, new EmulatedLink<Passing>(down) { FlowOf = passing => passing.Flow });
        _deliver = Deliver;
        _thread = new Thread(Run) { IsBackground = true, Name = "tun link" };
    }

    /// <summary>What the link has done to packets from the first device to the second.</summary>
    public LinkStatistics Up => _up.Statistics;

    /// <summary>What the link has done to packets from the second device to the first.</summary>
    public LinkStatistics Down => _down.Statistics;

    /// <summary>How late packets left the link, against the moment that the model said.</summary>
    public LatencyHistogram Lateness { get; } = new();

    /// <summary>Packets that left the link and that the kernel did not take, such as those damaged beyond being one.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Told, on the link's own thread, what it did to each packet, and whether that was on its way up; set before <see cref="Start"/>.</summary>
    public Action<bool, LinkOutcome>? Log
    {
        init
        {
            _up.Log = value is null ? null : outcome => value(true, outcome);
            _down.Log = value is null ? null : outcome => value(false, outcome);
        }
    }

    /// <summary>Told, on the link's own thread, how it changes, in which direction, at its time; set before <see cref="Start"/>.</summary>
    public Action<bool, LinkChange>? Changes
    {
        init
        {
            _up.Changes = value is null ? null : change => value(true, change);
            _down.Changes = value is null ? null : change => value(false, change);
        }
    }

    /// <summary>Completes when it has stopped; fails if it stopped by an error of its own, such as a device that has gone.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Begins to pass packets, on a thread of its own.</summary>
    public void Start() => _thread.Start();

    /// <summary>Makes the link another one while it runs; see <see cref="LinkRelay.Change"/>.</summary>
    public void Change(LinkDescription link)
    {
        ArgumentNullException.ThrowIfNull(link);
        if (_match is null && (link.Up.IsScripted || link.Down.IsScripted))
        {
            throw new ArgumentException("Scripted faults need something that tells what their names mean.", nameof(link));
        }

        Volatile.Write(ref _change, link);
        _waker.TryWake();
    }

    /// <summary>Stops and forgets what is still on the link.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        _waker.TryWake();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _waker.Dispose();
    }

    private void Run()
    {
        try
        {
            Instant start = _clock.Now;
            _up.Model.Start(start);
            _down.Model.Start(start);
            LinuxSocketCalls.PollDescriptor[] descriptors =
            [
                Wanting(_first.Descriptor), Wanting(_second.Descriptor), Wanting(_waker.Descriptor),
            ];
            while (!_stopping)
            {
                Instant now = _clock.Now;
                if (Interlocked.Exchange(ref _change, null) is { } link)
                {
                    _up.Model.Change(now, link.Up);
                    _down.Model.Change(now, link.Down);
                }

                Pass(_up, now);
                Pass(_down, now);
                Instant next = Instant.Min(_up.NextDeadline, _down.NextDeadline);
                LinuxSocketCalls.Poll(descriptors, _clock.Until(next));
                Receive(descriptors[0], _first, _up, isUp: true);
                Receive(descriptors[1], _second, _down, isUp: false);
                if (descriptors[2].Happened != 0)
                {
                    _waker.Drain();
                }
            }

            _completion.TrySetResult();
        }
        catch (Exception error)
        {
            // The thread's only way to tell anyone; whoever runs the link awaits Completion.
            _completion.TrySetException(error);
        }
    }

    private static LinuxSocketCalls.PollDescriptor Wanting(int descriptor) => new() { Descriptor = descriptor, Wanted = LinuxSocketCalls.PollDescriptor.Readable };

    private void Receive(in LinuxSocketCalls.PollDescriptor descriptor, TunDevice device, EmulatedLink<Passing> link, bool isUp)
    {
        if (descriptor.Happened == 0)
        {
            return;
        }

        for (int i = 0; i < TurnLength && device.TryRead(_buffer, out int length); i++)
        {
            ReadOnlySpan<byte> packet = _buffer.AsSpan(0, length);
            link.Enter(_clock.Now, packet, new Passing(isUp, link.Model.NeedsFlow ? IpPacket.FlowOf(packet) : 0), IpPacket.EcnOf(packet));
        }
    }

    private void Pass(EmulatedLink<Passing> link, Instant now)
    {
        while (link.TryDeliver(now, _deliver, out Instant due))
        {
            Lateness.Record(now - due);
        }
    }

    private void Deliver(ReadOnlySpan<byte> packet, Passing passing, EcnCodepoint ecn)
    {
        TunDevice to = passing.IsUp ? _second : _first;
        bool taken;
        if (IpPacket.EcnOf(packet) == ecn)
        {
            taken = to.TryWrite(packet);
        }
        else
        {
            Span<byte> marked = _buffer.AsSpan(0, packet.Length);
            packet.CopyTo(marked);
            IpPacket.SetEcn(marked, ecn);
            taken = to.TryWrite(marked);
        }

        if (!taken)
        {
            Interlocked.Increment(ref _refused);
        }
    }

    private readonly record struct Passing(bool IsUp, uint Flow);
}
