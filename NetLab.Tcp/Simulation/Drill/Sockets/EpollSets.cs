using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Tcp.Simulation.Drill.Sockets;

/// <summary>Linux's epoll: sets of sockets, told of by level or, with EPOLLET, when something changed.</summary>
internal sealed class EpollSets
{
    private const long EdgeTriggered = 0x8000_0000;
    private const long OneShot = 0x4000_0000;
    private const long Always = 8 | 16;
    private const int MaxSets = 100;

    private readonly Dictionary<long, Dictionary<long, Watch>> _sets = [];

    /// <summary>epoll_create.</summary>
    public CallResult Create(DrillCall call)
    {
        long number = call.Returns is >= 0 and { } wanted ? wanted : 1000 + _sets.Count;
        if (_sets.Count < MaxSets)
        {
            _sets[number] = [];
        }

        return CallResult.Done(number);
    }

    /// <summary>epoll_ctl.</summary>
    public CallResult Control(SocketTable table, DrillCall call, int line)
    {
        if (!_sets.TryGetValue(CallArguments.Number(call, 0, line), out Dictionary<long, Watch>? set))
        {
            return CallResult.Failed("EBADF");
        }

        long socket = CallArguments.Number(call, 2, line);
        if (table.Find(socket) is null)
        {
            return CallResult.Failed("EBADF");
        }

        long events = CallArguments.NumberOf((call.Arguments.ElementAtOrDefault(3) as StructArgument)?["events"]) ?? 0;
        switch (CallArguments.Text(call, 1))
        {
            case "EPOLL_CTL_ADD":
                return set.TryAdd(socket, new Watch(events)) ? CallResult.Done() : CallResult.Failed("EEXIST");
            case "EPOLL_CTL_MOD":
                set[socket] = new Watch(events);
                return CallResult.Done();
            case "EPOLL_CTL_DEL":
                return set.Remove(socket) ? CallResult.Done() : CallResult.Failed("ENOENT");
            default:
                throw new DrillUnsupportedException(line, $"epoll_ctl with {CallArguments.Text(call, 1)}");
        }
    }

    /// <summary>epoll_wait.</summary>
    public CallResult Wait(SocketTable table, DrillCall call, int line)
    {
        if (!_sets.TryGetValue(CallArguments.Number(call, 0, line), out Dictionary<long, Watch>? set))
        {
            return CallResult.Failed("EBADF");
        }

        long most = CallArguments.Number(call, 2, line);
        List<(long Socket, long Events)> ready = [];
        foreach ((long socket, Watch watch) in set)
        {
            long events = watch.Take(PollCalls.EventsOf(table, socket, DrillSystem.Linux) & (watch.Asked | Always), table.Find(socket)?.Stream?.Received ?? 0);
            if (events != 0 && ready.Count < most)
            {
                ready.Add((socket, events));
            }
        }

        IEnumerable<StructArgument> expected = call.Arguments.ElementAtOrDefault(1) switch
        {
            ListArgument list => list.Items.OfType<StructArgument>(),
            StructArgument one => [one],
            _ => [],
        };
        foreach ((StructArgument wanted, (long Socket, long Events) found) in expected.Zip(ready))
        {
            if (CallArguments.NumberOf(wanted["events"]) is { } events && events != found.Events)
            {
                return CallResult.Failed($"the events of socket {found.Socket} are 0x{found.Events:x}, not 0x{events:x}");
            }
        }

        return ready.Count > 0 ? CallResult.Done(ready.Count) : CallResult.Waits("");
    }

    private sealed class Watch(long asked)
    {
        private long _told;
        private long _received;
        private bool _isSpent;

        public long Asked => asked & ~(EdgeTriggered | OneShot);

        // By edge, what was told is not told again until it was gone, or more has come.
        public long Take(long events, long received)
        {
            if (_isSpent)
            {
                return 0;
            }

            long fresh = events;
            if ((asked & EdgeTriggered) != 0)
            {
                long known = _told & events;
                known = received > _received ? known & ~1L : known;
                fresh = (events & ~known) != 0 ? events : 0;
                (_told, _received) = (events, received);
            }

            _isSpent = fresh != 0 && (asked & OneShot) != 0;
            return fresh;
        }
    }
}
