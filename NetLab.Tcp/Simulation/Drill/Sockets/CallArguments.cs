using System.Globalization;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Tcp.Simulation.Drill.Sockets;

/// <summary>Arguments of system calls as values.</summary>
internal static class CallArguments
{
    // Names that stand for numbers, with both systems' values where they differ: Linux first.
    private static readonly Dictionary<string, (long Linux, long FreeBsd)> Names = new()
    {
        ["O_RDONLY"] = (0, 0),
        ["O_WRONLY"] = (1, 1),
        ["O_RDWR"] = (2, 2),
        ["O_NONBLOCK"] = (0x800, 4),
        ["SHUT_RD"] = (0, 0),
        ["SHUT_WR"] = (1, 1),
        ["SHUT_RDWR"] = (2, 2),
        ["POLLIN"] = (1, 1),
        ["POLLPRI"] = (2, 2),
        ["POLLOUT"] = (4, 4),
        ["POLLERR"] = (8, 8),
        ["POLLHUP"] = (16, 16),
        ["POLLNVAL"] = (32, 32),
        ["POLLRDNORM"] = (0x40, 0x40),
        ["POLLWRNORM"] = (0x100, 4),
        ["POLLRDHUP"] = (0x2000, 0x4000),
        ["EPOLLIN"] = (1, 1),
        ["EPOLLOUT"] = (4, 4),
        ["EPOLLERR"] = (8, 8),
        ["EPOLLHUP"] = (16, 16),
        ["EPOLLRDHUP"] = (0x2000, 0x2000),
        ["EPOLLET"] = (0x8000_0000, 0x8000_0000),
        ["EPOLLONESHOT"] = (0x4000_0000, 0x4000_0000),
        ["MSG_OOB"] = (1, 1),
        ["MSG_PEEK"] = (2, 2),
        ["MSG_DONTWAIT"] = (0x40, 0x80),
        ["MSG_WAITALL"] = (0x100, 0x40),
        ["MSG_NOSIGNAL"] = (0x4000, 0x20000),
        ["MSG_MORE"] = (0x8000, 0x8000),
        ["MSG_TRUNC"] = (0x20, 0x10),
        ["MSG_EOF"] = (0x100_0000, 0x100),
        ["MSG_FASTOPEN"] = (0x2000_0000, 0x2000_0000),
        ["MSG_ZEROCOPY"] = (0x400_0000, 0x400_0000),
        ["MSG_ERRQUEUE"] = (0x2000, 0x2000),
        ["MSG_EOR"] = (0x80, 8),
        ["MSG_SPLICE_PAGES"] = (0x800_0000, 0x800_0000),
        ["EPOLL_CTL_ADD"] = (1, 1),
        ["EPOLL_CTL_DEL"] = (2, 2),
        ["EPOLL_CTL_MOD"] = (3, 3),
        ["INFTIM"] = (-1, -1),
        ["NULL"] = (0, 0),
    };

    /// <summary>O_NONBLOCK of a system.</summary>
    public static long NonBlocking(DrillSystem system) => system == DrillSystem.FreeBsd ? 4 : 0x800;

    /// <summary>An argument as a number.</summary>
    public static long Number(DrillCall call, int index, int line, DrillSystem system = DrillSystem.Linux) => index < call.Arguments.Count
        ? NumberOf(call.Arguments[index], system) ?? throw new DrillUnsupportedException(line, $"argument {index + 1} of {call.Name}() is no number that is known here")
        : throw new DrillSyntaxException(line, $"{call.Name}() has no argument {index + 1}");

    /// <summary>A value as a number; null if it is none.</summary>
    public static long? NumberOf(DrillArgument? argument, DrillSystem system = DrillSystem.Linux)
    {
        switch (argument)
        {
            case NumberArgument number:
                return number.Value;
            case ListArgument { Items: [var only] }:
                return NumberOf(only, system);
            case NameArgument names:
                long sum = 0;
                foreach (string name in names.Names)
                {
                    if (Names.TryGetValue(name, out (long Linux, long FreeBsd) known))
                    {
                        sum |= system == DrillSystem.FreeBsd ? known.FreeBsd : known.Linux;
                    }
                    else if (long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long plain))
                    {
                        sum |= plain;
                    }
                    else
                    {
                        return null;
                    }
                }

                return sum;
            default:
                return null;
        }
    }

    /// <summary>Whether an argument is no address at all.</summary>
    public static bool IsNull(DrillCall call, int index) => Text(call, index) == "NULL";

    /// <summary>A value as a time: seconds and microseconds as in <c>{tv_sec=1, tv_usec=500000}</c>, or seconds.</summary>
    public static TimeSpan? DurationOf(DrillArgument? argument)
    {
        const long MaxCount = 1_000_000;
        DrillArgument? value = argument is ListArgument { Items: [StructArgument only] } ? only : argument;
        var fields = value as StructArgument;
        long? seconds = NumberOf(fields is null ? value : fields["tv_sec"] ?? (fields.Fields.Count > 0 ? fields.Fields[0].Value : null));
        long microseconds = NumberOf(fields is null ? null : fields["tv_usec"] ?? (fields.Fields.Count > 1 ? fields.Fields[1].Value : null)) ?? 0;
        return seconds is { } whole ? TimeSpan.FromSeconds(Math.Clamp(whole, 0, MaxCount)) + TimeSpan.FromMicroseconds(Math.Clamp(microseconds, 0, MaxCount)) : null;
    }

    /// <summary>An argument as the names it is written with; empty if it is none.</summary>
    public static string Text(DrillCall call, int index) => index < call.Arguments.Count ? TextOf(call.Arguments[index]) : "";

    /// <summary>A value as text; empty if it is none.</summary>
    public static string TextOf(DrillArgument? argument) => argument switch
    {
        NameArgument names => string.Join('|', names.Names),
        TextArgument text => text.Value,
        NumberArgument number => number.Value.ToString(CultureInfo.InvariantCulture),
        ListArgument { Items: [var only] } => TextOf(only),
        _ => "",
    };
}
