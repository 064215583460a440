namespace NetLab.Host.Experiments;

/// <summary>A parameter with a type; see <see cref="Parameter"/> for how to make one.</summary>
/// <typeparam name="T">The type of its values.</typeparam>
public sealed record Parameter<T> : Parameter
{
    private readonly Func<string, (bool IsValid, T Value)> _parse;

    internal Parameter(string name, string description, string initial, string range, Func<string, (bool IsValid, T Value)> parse)
        : base(name, description, initial, range)
    {
        _parse = parse;
        if (!parse(initial).IsValid)
        {
            throw new ArgumentException($"The default of {name}, '{initial}', is not {range}.", nameof(initial));
        }
    }

    internal override bool IsValid(string text) => _parse(text).IsValid;

    internal T Read(string text) => _parse(text).Value;
}
