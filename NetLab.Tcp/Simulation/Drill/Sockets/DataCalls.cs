using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Tcp.Simulation.Drill.Sockets;

/// <summary>Calls that move bytes: read and write under all their names, and shutdown.</summary>
internal static class DataCalls
{
    private const long MaxBytes = 1L << 30;

    // Of the flags, those that change what happens here.
    private const long Peek = 2;

    /// <summary>Reads; how much is told once it is done.</summary>
    /// <param name="table">The sockets.</param>
    /// <param name="socket">Of which.</param>
    /// <param name="wanted">Bytes at most.</param>
    /// <param name="flags">MSG_PEEK and MSG_WAITALL, by Linux's numbers.</param>
    public static CallResult Read(SocketTable table, DrillSocket socket, long wanted, long flags)
    {
        if (socket.Stream is not { } stream)
        {
            return CallResult.Failed("ENOTCONN");
        }

        bool waitsForAll = (flags & 0x100) != 0 && !stream.IsEndOfStream && stream.Ended is null;
        if (stream.Unread > 0 && (!waitsForAll || stream.Unread >= wanted))
        {
            long bytes = Math.Min(stream.Unread, wanted);
            if ((flags & Peek) == 0)
            {
                stream.Read(bytes);
                table.Machine.Flush();
            }

            return CallResult.Done(bytes);
        }

        if (socket.TakeError() is { } error)
        {
            return CallResult.Failed(error);
        }

        if (stream.IsEndOfStream || stream.Ended is not null || socket.IsReadShut)
        {
            return CallResult.Done();
        }

        // Of a handshake under way, too: FreeBSD has a read wait, though not a write.
        return CallResult.Waits();
    }

    /// <summary>Writes as much as there is room for.</summary>
    public static CallResult Write(SocketTable table, DrillSocket socket, long bytes, bool moreToCome)
    {
        bool freeBsd = table.System.System == DrillSystem.FreeBsd;
        if (socket.Stream is not { } stream)
        {
            return CallResult.Failed(freeBsd ? "ENOTCONN" : "EPIPE");
        }

        if (!socket.IsWriteShut && socket.TakeError() is { } error)
        {
            return CallResult.Failed(error);
        }

        if (socket.IsWriteShut || stream.Ended is not null)
        {
            return CallResult.Failed("EPIPE");
        }

        if (!stream.IsEstablished)
        {
            return freeBsd ? CallResult.Failed("ENOTCONN") : CallResult.Waits();
        }

        if (bytes == 0)
        {
            return CallResult.Done();
        }

        long room = (socket.Settings.SendBuffer ?? table.System.SendBuffer) - stream.Unacknowledged;
        long mark = socket.Settings.UnsentLowWaterMark ?? table.System.UnsentLowWaterMark ?? int.MaxValue;
        if (room <= 0 || stream.Connection!.Unsent >= mark)
        {
            return CallResult.Waits();
        }

        long taken = Math.Min(Math.Min(bytes, room), MaxBytes);
        stream.Write(taken, moreToCome);
        table.Machine.Flush();
        return CallResult.Done(taken);
    }

    /// <summary>shutdown.</summary>
    public static CallResult Shutdown(SocketTable table, DrillCall call, int line)
    {
        if (table.Find(call, line) is not { } socket)
        {
            return CallResult.Failed("EBADF");
        }

        if (socket.Stream is not { } stream || stream.Ended is not null)
        {
            return CallResult.Failed("ENOTCONN");
        }

        long how = CallArguments.Number(call, 1, line, table.System.System);
        if (how is 0 or 2)
        {
            socket.IsReadShut = true;
            stream.Do(c => c.ShutdownReceive());
        }

        if (how is 1 or 2)
        {
            socket.IsWriteShut = true;
            stream.IsCorked = false;
            stream.Write(0);
            stream.Do(c => c.ShutdownSend());
        }

        table.Machine.Flush();
        return CallResult.Done();
    }

    /// <summary>Bytes of a list of blocks, as readv, writev and messages name them.</summary>
    public static long BytesOf(DrillArgument? argument, int line)
    {
        if (argument is not ListArgument list)
        {
            throw new DrillSyntaxException(line, "blocks of bytes are a list, as in [{..., 1000}, {..., 500}]");
        }

        long sum = 0;
        foreach (DrillArgument item in list.Items)
        {
            long? bytes = item is StructArgument fields
                ? CallArguments.NumberOf(fields["iov_len"] ?? (fields.Fields.Count > 0 ? fields.Fields[^1].Value : null))
                : null;
            sum += bytes is >= 0 and <= MaxBytes ? bytes.Value : throw new DrillSyntaxException(line, "a block of bytes has a length, as in {..., 1000}");
        }

        return sum;
    }

    /// <summary>Bytes of a call, within bounds.</summary>
    public static long Bytes(DrillCall call, int index, int line) =>
        CallArguments.Number(call, index, line) is >= 0 and <= MaxBytes and var bytes ? bytes : throw new DrillSyntaxException(line, $"{call.Name}() moves 0 to {MaxBytes} bytes");
}
