using System.Reflection;
using Xunit.Abstractions;

namespace NetLab.Tcp.Tests;

/// <summary>
/// Which numbered behaviours of a reliable byte stream have a test. The numbers are those of the list the tests are tagged
/// with: 1 to 15 numbers and reassembly, 16 to 41 handshake, 92 to 105 RTO, 141 to 160 teardown, the rest in between.
/// </summary>
public sealed class ConformanceCoverageTests(ITestOutputHelper output)
{
    // The core rows of numbers, handshake, RTO and teardown: what has to hold by now.
    private static readonly IReadOnlyList<int> Required =
    [
        .. Rows(1, 8), .. Rows(12, 15),
        .. Rows(16, 24), .. Rows(26, 33), .. Rows(35, 37), 41,
        .. Rows(92, 102),
        .. Rows(141, 151), 153, 154, .. Rows(156, 159),
    ];

    [Fact]
    public void Every_core_row_has_a_test()
    {
        SortedSet<int> covered = [.. typeof(ConformanceCoverageTests).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods())
            .SelectMany(m => m.GetCustomAttributes<ConformanceAttribute>())
            .SelectMany(a => a.Rows)];
        output.WriteLine($"{covered.Count} rows have a test: {string.Join(' ', covered)}");
        Assert.Empty(Required.Except(covered));
    }

    private static IEnumerable<int> Rows(int first, int last) => Enumerable.Range(first, last - first + 1);
}
