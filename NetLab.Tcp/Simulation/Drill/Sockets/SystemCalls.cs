using NetLab.Tcp.Simulation.Drill.Language;

namespace NetLab.Tcp.Simulation.Drill.Sockets;

/// <summary>System calls by their names.</summary>
internal static class SystemCalls
{
    /// <summary>Makes a call, which can be asked again for as long as it waits.</summary>
    /// <param name="table">The sockets.</param>
    /// <param name="item">The call.</param>
    /// <param name="index">Its place in the script.</param>
    public static Func<CallResult> Begin(SocketTable table, CallEvent item, int index)
    {
        (DrillCall call, int line) = (item.Call, item.Line);
        switch (call.Name)
        {
            case "socket":
                return () => table.Open(call, line);
            case "open":
                return () => table.OpenFile(call, line);
            case "bind":
                return () => table.Bind(call, line);
            case "listen":
                return () => table.Listen(call, line, index);
            case "accept" or "accept4":
                return () => table.Accept(call, line);
            case "connect":
                bool begun = false;
                return () =>
                {
                    if (begun && table.Find(call, line) is { } socket)
                    {
                        return SocketTable.ConnectAgain(socket);
                    }

                    begun = true;
                    return table.Connect(call, line, index);
                };
            case "close":
                DrillSocket? lingering = null;
                return () =>
                {
                    if (lingering is null)
                    {
                        lingering = table.Find(call, line);
                        CallResult closed = table.Close(call, line);
                        return lingering is { Linger.Ticks: > 0, Stream: not null } && item.BlocksUntil is not null ? CallResult.Waits() : closed;
                    }

                    return lingering.Stream!.IsFlushed ? CallResult.Done() : CallResult.Waits();
                };
            case "shutdown":
                return () => DataCalls.Shutdown(table, call, line);
            case "setsockopt":
                return () => SocketOptions.Set(table, call, line);
            case "getsockopt":
                return () => SocketOptions.Get(table, call, line);
            case "fcntl":
                return () => Control(table, call, line);
            case "ioctl":
                return () => Ioctl(table, call, line);
            case "epoll_create" or "epoll_create1":
                return () => table.Epoll.Create(call);
            case "epoll_ctl":
                return () => table.Epoll.Control(table, call, line);
            case "epoll_wait" or "epoll_pwait":
                return () => table.Epoll.Wait(table, call, line);
            case "poll":
                return () => PollCalls.Poll(table, call, line);
            case "read" or "recv" or "recvfrom" or "readv" or "recvmsg":
                (long wanted, long readFlags) = ReadArguments(table, call, line);
                return () => table.Find(call, line) is not { } socket ? CallResult.Failed("EBADF") : CallArguments.IsNull(call, 1) ? CallResult.Failed("EFAULT") : ControlMessages.Check(call, socket, DataCalls.Read(table, socket, wanted, readFlags), line);
            case "write" or "send" or "sendto" or "writev" or "sendmsg" or "sendfile":
                return BeginWrite(table, item);
            default:
                throw new DrillUnsupportedException(line, $"the system call {call.Name}()");
        }
    }

    private static (long Bytes, long Flags) ReadArguments(SocketTable table, DrillCall call, int line)
    {
        long bytes = call.Name switch
        {
            "readv" => DataCalls.BytesOf(call.Arguments.ElementAtOrDefault(1), line),
            "recvmsg" => DataCalls.BytesOf((call.Arguments.ElementAtOrDefault(1) as StructArgument)?["msg_iov"], line),
            _ => DataCalls.Bytes(call, 2, line),
        };
        int at = call.Name is "recvmsg" ? 2 : 3;
        string names = call.Name is "read" or "readv" ? "" : CallArguments.Text(call, at);
        Refuse(names, line, "MSG_OOB", "MSG_ERRQUEUE", "MSG_ZEROCOPY");
        return (bytes, names.Length == 0 ? 0 : Flags(table, call, at, line));
    }

    private static Func<CallResult> BeginWrite(SocketTable table, CallEvent item)
    {
        (DrillCall call, int line) = (item.Call, item.Line);
        long bytes = call.Name switch
        {
            "writev" => DataCalls.BytesOf(call.Arguments.ElementAtOrDefault(1), line),
            "sendmsg" => DataCalls.BytesOf((call.Arguments.ElementAtOrDefault(1) as StructArgument)?["msg_iov"], line),
            "sendfile" => DataCalls.Bytes(call, 3, line),
            _ => DataCalls.Bytes(call, 2, line),
        };
        string names = call.Name is "write" or "writev" or "sendfile" ? "" : CallArguments.Text(call, call.Name == "sendmsg" ? 2 : 3);
        Refuse(names, line, "MSG_FASTOPEN", "MSG_OOB", "MSG_EOF", "MSG_EOR", "MSG_SPLICE_PAGES");
        bool more = names.Contains("MSG_MORE", StringComparison.Ordinal);
        long written = 0;
        bool blocks = item.BlocksUntil is not null;
        return () =>
        {
            if (table.Find(call, line) is not { } socket)
            {
                return CallResult.Failed("EBADF");
            }

            if (CallArguments.IsNull(call, 1) && bytes > 0)
            {
                return CallResult.Failed("EFAULT");
            }

            CallResult result = DataCalls.Write(table, socket, bytes - written, more);
            socket.AwaitsRoom = result.WouldBlock || (blocks && written + result.Value < bytes);
            if (result.Error is null)
            {
                written += result.Value;
                return blocks && written < bytes ? CallResult.Waits() with { Value = written } : CallResult.Done(written);
            }

            return written == 0 ? result : result.WouldBlock ? result with { Value = written } : CallResult.Done(written);
        };
    }

    private static long Flags(SocketTable table, DrillCall call, int index, int line)
    {
        // By Linux's numbers, whatever the script was written for: they are only looked at here.
        _ = table;
        return CallArguments.Number(call, index, line);
    }

    private static void Refuse(string names, int line, params ReadOnlySpan<string> refused)
    {
        foreach (string name in refused)
        {
            if (names.Contains(name, StringComparison.Ordinal))
            {
                throw new DrillUnsupportedException(line, $"{name}: {name switch
                {
                    "MSG_FASTOPEN" => "the machine has no Fast Open (RFC 7413)",
                    "MSG_EOR" => "the machine keeps no bounds of records",
                    _ => "the machine does not have it",
                }}");
            }
        }
    }

    private static CallResult Control(SocketTable table, DrillCall call, int line)
    {
        if (table.Find(call, line) is not { } socket)
        {
            return CallResult.Failed("EBADF");
        }

        switch (CallArguments.Text(call, 1))
        {
            case "F_GETFL":
                return CallResult.Done(socket.StatusFlags);
            case "F_SETFL":
                socket.StatusFlags = CallArguments.Number(call, 2, line, table.System.System) | 2;
                return CallResult.Done();
            case "F_GETFD" or "F_SETFD":
                return CallResult.Done();
            default:
                throw new DrillUnsupportedException(line, $"fcntl with {CallArguments.Text(call, 1)}");
        }
    }

    private static CallResult Ioctl(SocketTable table, DrillCall call, int line)
    {
        if (table.Find(call, line) is not { } socket)
        {
            return CallResult.Failed("EBADF");
        }

        string name = CallArguments.Text(call, 1);
        long? value = name switch
        {
            "SIOCINQ" or "FIONREAD" => socket.Stream?.Unread ?? 0,
            "SIOCOUTQ" or "FIONWRITE" or "TIOCOUTQ" => socket.Stream?.Unacknowledged ?? 0,
            "SIOCOUTQNSD" => socket.Stream?.Connection?.Unsent ?? 0,
            "FIONBIO" => null,
            _ => throw new DrillUnsupportedException(line, $"ioctl with {name}"),
        };
        long? wanted = CallArguments.NumberOf(call.Arguments.ElementAtOrDefault(2));
        return value is { } known && wanted is { } expected && known != expected ? CallResult.Failed($"{name} is {known}, not {expected}") : CallResult.Done();
    }
}
