namespace NetLab.Osi.Application.Http2;

/// <summary>A header field.</summary>
/// <param name="Name">Its name; of a pseudo-header with the colon.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct HeaderField(string Name, string Value)
{
    /// <summary>What it takes of a table (RFC 7541, 4.1).</summary>
    public int Size => Name.Length + Value.Length + 32;
}
