using System.Text.RegularExpressions;

namespace NetLab.Host.Commands;

/// <summary>What System.CommandLine finds wrong with a command line, in words that do not name types of .NET.</summary>
internal static partial class ParseErrorText
{
    /// <summary>Puts it so.</summary>
    public static string Of(string message)
    {
        if (Unparsed().Match(message) is not { Success: true } parts)
        {
            return message.Replace("\t", "", StringComparison.Ordinal);
        }

        string where = parts.Groups["option"] is { Success: true } option ? $"{option.Value} " : "";
        return $"{where}'{parts.Groups["value"].Value}': {Expected(parts.Groups["type"].Value)}";
    }

    private static string Expected(string type) => type switch
    {
        "ColorChoice" => "auto, always or never",
        "FileInfo" or "DirectoryInfo" => "a file has a name",
        "UInt64" or "UInt32" => "a whole number, 0 or more, is expected",
        "Int32" or "Int64" => "a whole number is expected",
        "Boolean" => "true or false",
        _ => "a number is expected",
    };

    [GeneratedRegex(@"^Cannot parse argument '(?<value>.*?)'(?: for (?:option|command|argument) '(?<option>[^']*)')? as expected type '(?:System\.Nullable`1\[)?(?:[A-Za-z0-9_]+\.)*(?<type>[A-Za-z0-9]+)", RegexOptions.Singleline)]
    private static partial Regex Unparsed();
}
