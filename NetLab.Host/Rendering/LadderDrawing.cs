namespace NetLab.Host.Rendering;

/// <summary>
/// How a ladder is drawn as text, whatever it is a ladder of: two ends, and between them an arrow for each thing that one sent. What a
/// label is too long for goes on below its arrow.
/// </summary>
/// <param name="width">Characters of an arrow's shaft, at least 16.</param>
internal sealed class LadderDrawing(int width)
{
    /// <summary>Characters of an arrow beside its shaft: the two ends, and the tip.</summary>
    public const int Ends = 4;

    private const string Lost = "✗ lost";

    /// <summary>The line with the names of the ends, above where they stand.</summary>
    public string Header(string before, string left, string right, string after = "") =>
        $"{before}  {left.PadRight(Math.Max(left.Length + 1, width + Ends - right.Length))}{right}  {after}".TrimEnd();

    /// <summary>An arrow, and below it what of its label did not fit.</summary>
    public IEnumerable<string> Draw(LadderRow row)
    {
        bool isLostOnTheLeft = row.IsLost && !row.FromLeft;
        int shaftWidth = isLostOnTheLeft ? width + 2 - Lost.Length - 1 : width;
        List<string> pieces = Pieces(row.Label, shaftWidth - 3, width - 2);
        string shaft = $" {pieces[0]} ".PadRight(shaftWidth, '─');
        string arrow = (row.FromLeft, row.IsLost) switch
        {
            (true, false) => $"├─{shaft}→┤",
            (true, true) => $"├─{shaft}{Lost}",
            (false, false) => $"├←{shaft}─┤",
            (false, true) => $"{Lost} {shaft}─┤",
        };
        yield return $"{row.Before}  {arrow}  {row.After}".TrimEnd();
        foreach (string piece in pieces.Skip(1))
        {
            yield return $"{new string(' ', row.Before.Length)}  │{("  " + piece).PadRight(width + 2)}│";
        }
    }

    /// <summary>A pause between arrows, with what is said of it.</summary>
    public string Pause(int before, string text) =>
        $"{new string(' ', before)}  ┊{text.PadLeft((width + 2 + text.Length) / 2).PadRight(width + 2)}┊";

    // Between words where there are some.
    private static List<string> Pieces(string label, int first, int others)
    {
        List<string> pieces = [];
        ReadOnlySpan<char> rest = label;
        int room = first;
        while (rest.Length > room)
        {
            int blank = rest[..(room + 1)].LastIndexOf(' ');
            int taken = blank > 0 ? blank : room;
            pieces.Add(rest[..taken].ToString());
            rest = rest[taken..].TrimStart(' ');
            room = others;
        }

        pieces.Add(rest.ToString());
        return pieces;
    }
}
