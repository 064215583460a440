using System.Reflection;
using NetArchTest.Rules;
using NetLab.Osi.Decoding;
using NetLab.Tcp.Connections;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Tests;

/// <summary>A floor uses only the floors below it, and the protocol knows no world.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly Udp = typeof(DatagramSocket).Assembly;
    private static readonly Assembly Tcp = typeof(Connection).Assembly;
    private static readonly Assembly Osi = typeof(PacketDecoder).Assembly;

    // Sockets, clocks, threads, tasks and randomness: everything that could make two runs differ.
    private static readonly string[] World =
    [
        "System.Net.Sockets", "System.Threading", "System.Timers", "System.Random", "System.Security.Cryptography.RandomNumberGenerator",
        "System.Guid", "System.DateTime", "System.DateTimeOffset", "System.TimeProvider", "System.Environment",
        "System.Diagnostics.Stopwatch", "System.IO", "NetLab.Udp.Time.MonotonicClock", "NetLab.Udp.Sockets.DatagramSocket",
        "NetLab.Udp.Sockets.DatagramPoller", "NetLab.Udp.Links.LinkRelay", "NetLab.Tcp.Transport",
    ];

    [Fact]
    public void Udp_knows_nobody() => Assert.Empty(FloorsUsedBy(Udp));

    [Fact]
    public void Tcp_knows_only_udp() => Assert.Equal(["NetLab.Udp"], FloorsUsedBy(Tcp));

    [Fact]
    public void Osi_knows_neither() => Assert.Empty(FloorsUsedBy(Osi));

    [Theory]
    [InlineData("NetLab.Tcp.Connections")]
    [InlineData("NetLab.Tcp.Counters")]
    [InlineData("NetLab.Tcp.Endpoints")]
    [InlineData("NetLab.Tcp.Events")]
    [InlineData("NetLab.Tcp.Options")]
    [InlineData("NetLab.Tcp.Timers")]
    [InlineData("NetLab.Tcp.Segments")]
    public void The_protocol_touches_no_socket_clock_thread_task_or_randomness(string room)
    {
        TestResult result = Types.InAssembly(Tcp).That().ResideInNamespaceStartingWith(room).ShouldNot().HaveDependencyOnAny(World).GetResult();
        Assert.True(result.IsSuccessful, "touches the world: " + string.Join(", ", result.FailingTypeNames ?? []));
    }

    [Fact]
    public void The_rule_would_notice()
    {
        // The transport does touch the world; if this passed, the rule above would be blind.
        TestResult result = Types.InAssembly(Tcp).That().ResideInNamespaceStartingWith("NetLab.Tcp.Transport").ShouldNot().HaveDependencyOnAny(World).GetResult();
        Assert.False(result.IsSuccessful);
    }

    [Fact]
    public void Segments_do_not_know_the_machine()
    {
        TestResult result = Types.InAssembly(Tcp).That().ResideInNamespaceStartingWith("NetLab.Tcp.Segments")
            .ShouldNot().HaveDependencyOnAny("NetLab.Tcp.Connections", "NetLab.Tcp.Endpoints", "NetLab.Tcp.Events", "NetLab.Tcp.Simulation", "NetLab.Tcp.Diagnostics").GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }

    [Theory]
    [InlineData("NetLab.Udp")]
    [InlineData("NetLab.Tcp")]
    [InlineData("NetLab.Osi")]
    [InlineData("NetLab.Experiments")]
    [InlineData("NetLab.Cluster")]
    [InlineData("nlab")]
    public void The_folders_of_a_project_form_no_circle(string project) =>
        Assert.Empty(FolderArrows.Of(Path.Combine(AppContext.BaseDirectory, project + ".dll")).Circles());

    [Fact]
    public void Orleans_is_known_to_the_cluster_alone() => Assert.DoesNotContain(
        typeof(Commands.CommandLine).Assembly.GetReferencedAssemblies(), a => a.Name!.StartsWith("Orleans", StringComparison.Ordinal) || a.Name is "StackExchange.Redis" or "Npgsql");

    [Fact]
    public void A_circle_would_be_noticed()
    {
        var arrows = new FolderArrows();
        arrows.Add("A", "B", "X->Y");
        arrows.Add("B", "C", "Y->Z");
        Assert.Empty(arrows.Circles());
        arrows.Add("C", "A", "Z->X");
        Assert.Equal(["A -> B: X->Y", "B -> C: Y->Z", "C -> A: Z->X"], arrows.Circles());

        // What is read is more than nothing: the transport uses the sockets' clock, and its own folders one another.
        Assert.NotEmpty(FolderArrows.Of(typeof(Connection).Assembly.Location).Folders);
    }

    private static IEnumerable<string> FloorsUsedBy(Assembly floor) =>
        floor.GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("NetLab.", StringComparison.Ordinal));
}
