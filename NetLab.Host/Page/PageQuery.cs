using System.Globalization;
using Microsoft.AspNetCore.Http;
using NetLab.Host.Http;

namespace NetLab.Host.Page;

/// <summary>What a request asks for, word by word; what makes no sense is a problem that names the word.</summary>
internal static class PageQuery
{
    /// <summary>A text; null if it is not there or empty.</summary>
    public static string? Text(HttpContext context, string name) => context.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A whole number within bounds.</summary>
    /// <exception cref="ProblemException">400.</exception>
    public static long Number(HttpContext context, string name, long otherwise, long least, long most)
    {
        if (Text(context, name) is not { } text)
        {
            return otherwise;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most
            ? value
            : throw new ProblemException(Problem.BadRequest($"{name}={text}: a whole number from {least} to {most}"));
    }

    /// <summary>One of several words; the first if none is said.</summary>
    /// <exception cref="ProblemException">400.</exception>
    public static string OneOf(HttpContext context, string name, params string[] words)
    {
        string word = Text(context, name) ?? words[0];
        return words.Contains(word) ? word : throw new ProblemException(Problem.BadRequest($"{name}={word}: it is {string.Join(", ", words)}"));
    }

    /// <summary>The number in the path.</summary>
    /// <exception cref="ProblemException">404.</exception>
    public static long Path(HttpContext context, string name = "number")
    {
        string text = (string)context.Request.RouteValues[name]!;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new ProblemException(Problem.NotFound($"there is no {context.Request.Path}: '{text}' is no number"));
    }
}
