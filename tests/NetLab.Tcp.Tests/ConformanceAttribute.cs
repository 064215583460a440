namespace NetLab.Tcp.Tests;

/// <summary>The numbered behaviours of a reliable byte stream that a test holds; see ConformanceCoverageTests.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ConformanceAttribute(params int[] rows) : Attribute
{
    public IReadOnlyList<int> Rows { get; } = rows;
}
