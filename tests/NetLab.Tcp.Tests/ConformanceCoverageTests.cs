using System.Reflection;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace NetLab.Tcp.Tests;

/// <summary>
/// Which numbered behaviours of a reliable byte stream have a test. The numbers are those of the list the tests are tagged
/// with: 1 to 15 numbers and reassembly, 16 to 41 handshake, 42 to 51 listener, 52 to 66 acceptability, 67 to 81 receiver,
/// 82 to 91 sender, 92 to 105 RTO, 106 to 120 recovery, 121 to 132 congestion, 133 to 140 timers, 141 to 160 teardown, 161 to
/// 179 path, sockets and system.
/// </summary>
public sealed partial class ConformanceCoverageTests(ITestOutputHelper output)
{
    private const int Last = 179;

    // Robustness and performance; optional ones; everything else is core.
    private static readonly IReadOnlyList<int> Robustness =
    [
        .. Rows(9, 11), 25, 34, .. Rows(38, 40), .. Rows(43, 47), .. Rows(49, 50), 63, .. Rows(77, 79), .. Rows(88, 89), 91, .. Rows(103, 105),
        .. Rows(109, 120), .. Rows(124, 132), 139, 152, 155,
        .. Rows(160, 165), .. Rows(171, 177), 179,
    ];

    private static readonly IReadOnlyList<int> Optional = [51, 65, 80, 178];

    // Rows on sockets are tested on the datagram floor, which knows no conformance list: they are named there by this.
    private static readonly IReadOnlyDictionary<int, string> OnTheDatagramFloor = new Dictionary<int, string>
    {
        [163] = "DatagramBatchTests.One_call_sends_equal_datagrams_and_a_shorter_last_one",
        [164] = "DatagramBatchTests.A_kernel_that_refuses_to_cut_is_asked_once_and_no_byte_is_lost",
        [165] = "DatagramBatchTests.With_batches_or_without_the_same_datagrams_arrive",
        [166] = "DatagramSocketTests.Nobody_at_the_other_end_is_an_answer_and_the_socket_goes_on",
    };

    [Fact]
    public void Every_core_and_robustness_row_has_a_test()
    {
        SortedSet<int> covered = [.. Tagged(), .. OnTheDatagramFloor.Keys];
        List<int> all = [.. Rows(1, Last)];
        foreach ((string level, IEnumerable<int> rows) in ((string, IEnumerable<int>)[])
            [("core", all.Except(Robustness).Except(Optional)), ("robustness", Robustness), ("optional", Optional)])
        {
            int[] missing = [.. rows.Except(covered)];
            output.WriteLine($"{level}: {rows.Count() - missing.Length} of {rows.Count()} rows have a test{(missing.Length == 0 ? "" : ", not " + string.Join(' ', missing))}");
        }

        Assert.Empty(all.Except(Optional).Except(covered));
        Assert.All(covered, row => Assert.InRange(row, 1, Last));
    }

    [Fact]
    public void The_rows_on_sockets_have_the_tests_they_are_said_to_have()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "NetLab.Udp.Tests")))
        {
            folder = folder.Parent;
        }

        Assert.NotNull(folder);
        string tests = string.Join('\n', Directory.EnumerateFiles(Path.Combine(folder.FullName, "NetLab.Udp.Tests", "Sockets"), "*.cs").Select(File.ReadAllText));
        string[] methods = [.. TestMethod().Matches(tests).Select(m => m.Groups[1].Value)];
        Assert.All(OnTheDatagramFloor.Values, test => Assert.Contains(test.Split('.')[1], methods));
    }

    private static IEnumerable<int> Tagged() => typeof(ConformanceCoverageTests).Assembly.GetTypes()
        .SelectMany(t => t.GetMethods())
        .SelectMany(m => m.GetCustomAttributes<ConformanceAttribute>())
        .SelectMany(a => a.Rows);

    private static IEnumerable<int> Rows(int first, int last) => Enumerable.Range(first, last - first + 1);

    [GeneratedRegex(@"public (?:async Task|void) (\w+)\(")]
    private static partial Regex TestMethod();
}
