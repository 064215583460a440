namespace NetLab.Host.Names;

/// <summary>Writes the message that asks a question (RFC 1035, 4.1; RFC 6891, 6.1).</summary>
internal static class QuestionWriter
{
    /// <summary>Writes one.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="id">What the answer repeats.</param>
    /// <param name="size">The largest datagram that is taken, as OPT says it; null to send no OPT.</param>
    /// <param name="isRecursive">Whether the server is asked to ask others.</param>
    public static byte[] Write(DnsQuestion question, ushort id, int? size, bool isRecursive)
    {
        byte[] buffer = new byte[DnsHeader.Length + DomainName.MaxLength + 4 + Edns.Length];
        var writer = new ResponseWriter(buffer, reserved: Edns.Length);
        writer.TryAdd(question);
        if (size is { } octets)
        {
            writer.Add(new Edns(octets, 0, false), ResponseCode.NoError);
        }

        new DnsHeader(id, isRecursive ? DnsHeader.RecursionDesired : (ushort)0, 1, 0, 0, size is null ? (ushort)0 : (ushort)1).Write(buffer);
        return buffer[..writer.Length];
    }
}
