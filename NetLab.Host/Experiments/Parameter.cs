using System.Globalization;
using NetLab.Udp.Text;

namespace NetLab.Host.Experiments;

/// <summary>Something of an experiment that can be set.</summary>
/// <param name="Name">Its name in <c>--set NAME=VALUE</c>.</param>
/// <param name="Description">What it is.</param>
/// <param name="Default">Its value where nothing is set, as text.</param>
/// <param name="Range">What it may be, in words.</param>
public abstract record Parameter(string Name, string Description, string Default, string Range)
{
    /// <summary>A duration, such as <c>20ms</c>.</summary>
    /// <exception cref="ArgumentException">The default is none.</exception>
    public static Parameter<TimeSpan> Duration(string name, string description, string initial, string least, string most)
    {
        TimeSpan low = DurationOf(least);
        TimeSpan high = DurationOf(most);
        return new(name, description, initial, $"{least} to {most}", text => Quantity.TryParseDuration(text, out TimeSpan value) && value >= low && value <= high ? (true, value) : default);
    }

    /// <summary>A size in bytes, such as <c>64K</c>, by powers of 1024.</summary>
    /// <exception cref="ArgumentException">The default is none.</exception>
    public static Parameter<long> Size(string name, string description, string initial, long least, long most) =>
        new(name, description, initial, $"{least} to {most} bytes", text => Quantity.TryParseSize(text, out long value) && value >= least && value <= most ? (true, value) : default);

    /// <summary>A rate in bits a second, such as <c>10M</c>, by powers of 1000.</summary>
    /// <exception cref="ArgumentException">The default is none.</exception>
    public static Parameter<long> Rate(string name, string description, string initial, long least, long most) =>
        new(name, description, initial, $"{least} to {most} bit/s", text => Quantity.TryParseRate(text, out long value) && value >= least && value <= most ? (true, value) : default);

    /// <summary>A share, such as <c>1%</c> or <c>0.01</c>.</summary>
    /// <exception cref="ArgumentException">The default is none.</exception>
    public static Parameter<double> Share(string name, string description, string initial, double least = 0, double most = 1) =>
        new(name, description, initial, string.Create(CultureInfo.InvariantCulture, $"{least * 100:0.###}% to {most * 100:0.###}%"), text => Quantity.TryParseShare(text, out double value) && value >= least && value <= most ? (true, value) : default);

    /// <summary>A whole number.</summary>
    /// <exception cref="ArgumentException">The default is none.</exception>
    public static Parameter<int> Count(string name, string description, int initial, int least, int most) =>
        new(name, description, initial.ToString(CultureInfo.InvariantCulture), $"{least} to {most}", text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most ? (true, value) : default);

    /// <summary>One of several words.</summary>
    /// <exception cref="ArgumentException">The default is none of them.</exception>
    public static Parameter<string> Choice(string name, string description, string initial, params string[] choices) =>
        new(name, description, initial, string.Join(", ", choices), text => choices.Contains(text) ? (true, text) : default);

    internal abstract bool IsValid(string text);

    private static TimeSpan DurationOf(string text) =>
        Quantity.TryParseDuration(text, out TimeSpan value) ? value : throw new ArgumentException($"'{text}' is no duration.", nameof(text));
}
