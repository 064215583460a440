namespace NetLab.Benchmarks.Interop;

/// <summary>A row of the table.</summary>
/// <param name="What">Who spoke with whom.</param>
/// <param name="Server">What came of it where NetLab's TCP was connected to.</param>
/// <param name="Client">What came of it where NetLab's TCP connected.</param>
internal sealed record InteropRow(string What, string Server, string Client)
{
    private const string FailedMark = "**failed**";

    /// <summary>Whether all of it is as it should be.</summary>
    public bool IsRight => !Server.StartsWith(FailedMark, StringComparison.Ordinal) && !Client.StartsWith(FailedMark, StringComparison.Ordinal);

    /// <summary>Tries one, and says what came of it.</summary>
    public static async Task<string> TryAsync(Func<Task<string>> attempt)
    {
        try
        {
            return await attempt().ConfigureAwait(false);
        }
        catch (IOException error)
        {
            return $"{FailedMark}: {error.Message.ReplaceLineEndings(" ")}";
        }
    }
}
