namespace NetLab.Host.Names;

/// <summary>What is asked (RFC 1035, 4.1.2).</summary>
/// <param name="Name">Of which name.</param>
/// <param name="Type">What about it.</param>
/// <param name="Class">In which class; 1 is the Internet.</param>
internal sealed record DnsQuestion(DomainName Name, ushort Type, ushort Class)
{
    /// <summary>The class of the Internet.</summary>
    public const ushort Internet = 1;
}
