namespace NetLab.Host.Names;

/// <summary>A record of a response, as text.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ttl">Its lifetime in seconds.</param>
/// <param name="Type">Its type.</param>
/// <param name="Data">What it says.</param>
internal sealed record DnsAnswerRecord(string Name, uint Ttl, string Type, string Data);
