using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.OpenSystems;

/// <summary>How a remote desktop begins (MS-RDPBCGR, 2.2.1.1 and 2.2.1.2): behind the connection request of ISO transport who it is for, and which security is asked for; behind its confirmation which is granted.</summary>
internal static class RdpNegotiation
{
    private const int Size = 8;
    private const int Request = 1;
    private const int Response = 2;
    private const int Failure = 3;

    public static readonly Protocol Value = new("rdp", OsiLayer.Application, "Remote Desktop Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Cookie = Field.Text("cookie", "rdp.rt_cookie", about: "Routing token or cookie, with the user's name", summary: true);
        public static readonly Field Type = Field.Number("type", "rdp.neg_type", about: "Step of the negotiation", summary: true, names: static v => v switch { Request => "request", Response => "response", Failure => "failure", _ => null }, width: 1);
        public static readonly Field RequestFlags = Field.Number(null, "rdp.negReq.flags", about: "Flags of a request", width: 1);
        public static readonly Field ResponseFlags = Field.Number(null, "rdp.negRsp.flags", about: "Flags of a response", width: 1);
        public static readonly Field Length = Field.Number(null, "rdp.neg_length", about: "Bytes of the step: 8", width: 2);
        public static readonly Field Requested = Field.Number("requested", "rdp.negReq.requestedProtocols", about: "Security that is offered: 1 TLS, 2 CredSSP, 4 RDSTLS, 8 CredSSP with early authorization", width: 4);
        public static readonly Field Selected = Field.Number("selected", "rdp.negReq.selectedProtocol", about: "Security that is chosen", names: static v => SecurityName(v), summary: true, width: 4);
        public static readonly Field Code = Field.Number("failure", "rdp.negFailure.failureCode", about: "Why none is", names: static v => FailureName(v), summary: true, width: 4);

        public static readonly Field[] All = [Cookie, Type, RequestFlags, ResponseFlags, Length, Requested, Selected, Code];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int step = StepAt(bytes);
        if (step < 0)
        {
            return false;
        }

        dissection.Add(Value, offset, bytes.Length, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int step = StepAt(bytes);
        if (step > 0)
        {
            sink.Text(Fields.Cookie, bytes[..(step - 2)], view[index].Offset, step - 2);
        }

        var reader = new ByteReader(bytes, view[index].Offset, littleEndian: true);
        reader.Seek(Math.Max(0, step));
        if (reader.Left < Size)
        {
            return;
        }

        long type = reader.Report(sink, Fields.Type, 1);
        reader.Report(sink, type == Request ? Fields.RequestFlags : Fields.ResponseFlags, 1);
        reader.Report(sink, Fields.Length, 2);
        reader.Report(sink, type switch { Request => Fields.Requested, Response => Fields.Selected, _ => Fields.Code }, 4);
    }

    // Where a step of the negotiation stands, or would: behind a line of text, if there is one; -1 when it is neither.
    private static int StepAt(ReadOnlySpan<byte> bytes)
    {
        int line = bytes.StartsWith("Cookie: "u8) ? bytes.IndexOf("\r\n"u8) : -1;
        int step = line < 0 ? 0 : line + 2;
        bool isStep = bytes.Length - step >= Size && bytes[step] is >= Request and <= Failure && bytes[step + 2] == Size && bytes[step + 3] == 0;
        return isStep || (line >= 0 && step == bytes.Length) ? step : -1;
    }

    private static string? SecurityName(long protocol) => protocol switch
    {
        0 => "RDP's own",
        1 => "TLS",
        2 => "CredSSP",
        4 => "RDSTLS",
        8 => "CredSSP with early authorization",
        _ => null,
    };

    private static string? FailureName(long code) => code switch
    {
        1 => "TLS is required",
        2 => "TLS is not allowed",
        3 => "no certificate on the server",
        4 => "flags that contradict each other",
        5 => "CredSSP is required",
        6 => "TLS with a user's certificate is required",
        _ => null,
    };
}
