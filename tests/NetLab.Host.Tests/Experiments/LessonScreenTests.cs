namespace NetLab.Host.Tests.Experiments;

/// <summary>What a person sees of a lesson.</summary>
public sealed class LessonScreenTests
{
    [Fact]
    public async Task A_lost_SYN_ACK_is_one_screen()
    {
        Nlab.Ended ended = await Nlab.Run("lab", "lost-syn-ack");
        string[] lines = ended.Output.TrimEnd().Split('\n');
        Assert.Equal(0, ended.ExitCode);
        Assert.InRange(lines.Length, 20, 40);
        Assert.All(lines, line => Assert.True(line.EnumerateRunes().Count() <= 80, line));
        foreach (string part in (string[])["Predict: ", "✗ lost  SYN_ACK", "✓ client established", "RFC 6298", "again: nlab lab lost-syn-ack"])
        {
            Assert.Contains(part, ended.Output, StringComparison.Ordinal);
        }
    }
}
