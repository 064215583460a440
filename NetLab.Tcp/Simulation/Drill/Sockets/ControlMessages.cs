using NetLab.Tcp.Simulation.Drill.Language;

namespace NetLab.Tcp.Simulation.Drill.Sockets;

/// <summary>What recvmsg says beside the bytes.</summary>
internal static class ControlMessages
{
    /// <summary>Compares what a call expects to be told.</summary>
    /// <returns>The call's result, or what differs.</returns>
    public static CallResult Check(DrillCall call, DrillSocket socket, CallResult result, int line)
    {
        if (call.Name != "recvmsg" || result.Error is not null
            || (call.Arguments.ElementAtOrDefault(1) as StructArgument)?["msg_control"] is not ListArgument { Items.Count: > 0 } messages)
        {
            return result;
        }

        foreach (DrillArgument item in messages.Items)
        {
            string type = item is StructArgument fields ? CallArguments.TextOf(fields["cmsg_type"]) : "";
            if (type is not ("TCP_CM_INQ" or "TCP_INQ"))
            {
                throw new DrillUnsupportedException(line, $"a control message of {(type.Length > 0 ? type : "some kind")}: the machine has none such");
            }

            // What is left to read; where nothing is and the peer is done, Linux says 1.
            long left = socket.Stream is { } stream ? stream.Unread == 0 && stream.IsEndOfStream ? 1 : stream.Unread : 0;
            if (CallArguments.NumberOf(((StructArgument)item)["cmsg_data"]) is { } wanted && wanted != left)
            {
                return CallResult.Failed($"{type} is {left}, not {wanted}");
            }
        }

        return result;
    }
}
