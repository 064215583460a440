namespace NetLab.Osi.Protocols;

/// <summary>The name that is spelled most like another.</summary>
internal static class NearestName
{
    // Names that differ in more are no slip of the pen.
    private const int MaxDistance = 5;
    private const int MaxLength = 64;

    /// <summary>The nearest of some names; null if none is near.</summary>
    public static string? Of(string name, IEnumerable<string> names)
    {
        string? nearest = null;
        int least = MaxDistance + 1;
        if (name.Length > MaxLength)
        {
            return null;
        }

        foreach (string candidate in names)
        {
            if (Math.Abs(candidate.Length - name.Length) < least && candidate.Length <= MaxLength)
            {
                int distance = Distance(name, candidate);
                (least, nearest) = distance < least ? (distance, candidate) : (least, nearest);
            }
        }

        return nearest;
    }

    // Levenshtein's, one row at a time.
    private static int Distance(string a, string b)
    {
        Span<int> row = stackalloc int[MaxLength + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(change, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
