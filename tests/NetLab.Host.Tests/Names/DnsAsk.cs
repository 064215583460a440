using NetLab.Host.Names;

namespace NetLab.Host.Tests.Names;

/// <summary>Questions as bytes, and answers taken apart by the responder's own reader, which other tests hold against strangers.</summary>
internal static class DnsAsk
{
    public static byte[] Query(string name, string type, int? size = null, ushort flags = DnsHeader.RecursionDesired, ushort id = 0x1234, ushort @class = 1, int version = 0)
    {
        Assert.True(DomainName.TryParse(name, DomainName.Root, out DomainName asked, out string? error), error);
        byte[] message = [.. new byte[12], .. asked.Wire, .. U16(RecordType.Parse(type)!.Value), .. U16(@class), .. size is { } s ? (byte[])[0, .. U16(41), .. U16((ushort)s), 0, (byte)version, 0, 0, 0, 0] : []];
        new DnsHeader(id, flags, 1, 0, 0, (ushort)(size is null ? 0 : 1)).Write(message);
        return message;
    }

    public static byte[] U16(ushort value) => [(byte)(value >> 8), (byte)value];

    public static byte[] Answer(this DnsResponder responder, byte[] query, bool isStream = false)
    {
        byte[] answer = new byte[DnsResponder.MaxMessage];
        return answer[..responder.Answer(query, answer, isStream)];
    }

    public static DnsAnswer Ask(this DnsResponder responder, string name, string type, int? size = null, bool isStream = false)
    {
        DnsAnswer? answer = DnsAnswer.Read(responder.Answer(Query(name, type, size), isStream));
        Assert.NotNull(answer);
        return answer;
    }
}
