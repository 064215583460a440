using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Tcp.Simulation.Drill.Sockets;

/// <summary>Calls that ask which sockets are ready.</summary>
internal static class PollCalls
{
    private const long In = 1;
    private const long Out = 4;
    private const long Error = 8;
    private const long HangUp = 16;
    private const long Invalid = 32;
    private const long ReadNormal = 0x40;
    private const long WriteNormal = 0x100;
    private const long ReadHangUp = 0x2000;

    /// <summary>poll.</summary>
    public static CallResult Poll(SocketTable table, DrillCall call, int line)
    {
        if (call.Arguments is not [ListArgument list, ..])
        {
            throw new DrillSyntaxException(line, "poll() takes a list, as in [{fd=4, events=POLLIN, revents=POLLIN}]");
        }

        int ready = 0;
        foreach (StructArgument item in list.Items.OfType<StructArgument>())
        {
            long number = CallArguments.NumberOf(item["fd"]) ?? -1;
            long asked = CallArguments.NumberOf(item["events"], table.System.System) ?? 0;
            long events = EventsOf(table, number, table.System.System) & (asked | Error | HangUp | Invalid);
            ready += events != 0 ? 1 : 0;
            if (events != 0 && CallArguments.NumberOf(item["revents"], table.System.System) is { } wanted && wanted != events)
            {
                return CallResult.Failed($"the events of socket {number} are 0x{events:x}, not 0x{wanted:x}");
            }
        }

        return ready > 0 ? CallResult.Done(ready) : CallResult.Waits("");
    }

    /// <summary>What a socket is ready for.</summary>
    public static long EventsOf(SocketTable table, long number, DrillSystem system)
    {
        if (table.Find(number) is not { } socket)
        {
            return Invalid;
        }

        if (socket.IsListening)
        {
            return table.HasWaiting(socket) ? In | ReadNormal : 0;
        }

        if (socket.Stream is not { } stream)
        {
            return Out | HangUp | (system == DrillSystem.FreeBsd ? 0 : WriteNormal);
        }

        bool over = stream.Ended is not null && !stream.IsEndOfStream;
        bool readable = stream.Unread >= (socket.Settings.ReceiveLowWaterMark ?? 1) || stream.IsEndOfStream || over || socket.IsReadShut;
        long room = (socket.Settings.SendBuffer ?? table.System.SendBuffer) - stream.Unacknowledged;
        long mark = socket.Settings.UnsentLowWaterMark ?? table.System.UnsentLowWaterMark ?? int.MaxValue;
        bool writable = over || (stream.IsEstablished && room > 0 && (stream.Connection?.Unsent ?? 0) < mark);
        bool hungUp = stream.Ended is not null || (stream.IsEndOfStream && socket.IsWriteShut);
        long events = 0;
        Add(readable, In | ReadNormal);
        Add(writable, Out | (system == DrillSystem.FreeBsd ? 0 : WriteNormal));
        Add(socket.HasError, Error);
        Add(hungUp, HangUp);
        Add(stream.IsEndOfStream || socket.IsReadShut, ReadHangUp);
        return events;

        void Add(bool holds, long which) => events |= holds ? which : 0L;
    }
}
