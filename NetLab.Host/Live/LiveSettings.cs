using System.Globalization;
using NetLab.Host.Settings;
using NetLab.Udp.Links;
using NetLab.Udp.Text;

namespace NetLab.Host.Live;

/// <summary>A transfer in virtual time: everything that decides what happens in it.</summary>
/// <param name="Link">The link between the two ends, as a link string; faults by name are in it.</param>
/// <param name="Schedule">What the link does later on, such as <c>1.5s: delay=80ms</c>; or null.</param>
/// <param name="Congestion">The sender's congestion control: reno, cubic or bbr.</param>
/// <param name="Bytes">Bytes the client sends.</param>
/// <param name="WantedSeed">The seed of everything random, where the link says none; null for 1.</param>
internal sealed record LiveSettings(string Link, string? Schedule, string Congestion, int Bytes, ulong? WantedSeed)
{
    private const ulong DefaultSeed = 1;

    /// <summary>Bytes at most: every segment of it is kept and drawn.</summary>
    public const int MaxBytes = 4 << 20;

    /// <summary>The seed in use: the link's own, or the one that is wanted.</summary>
    /// <exception cref="UsageException">The link makes no sense.</exception>
    public ulong Seed => LinkText.Parse(Link, mayNameFiles: false).Seed ?? WantedSeed ?? DefaultSeed;

    /// <summary>The link, read.</summary>
    /// <exception cref="UsageException">It makes no sense; the message names the word.</exception>
    public LinkDescription Description()
    {
        LinkDescription link = LinkText.Parse(Link, mayNameFiles: false);
        if (Schedule is null)
        {
            return link;
        }

        // Text with a colon is never taken for a file's name where none may be named.
        if (!Schedule.Contains(':', StringComparison.Ordinal) || File.Exists(Schedule) || Schedule.Contains("trace", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--schedule '{Schedule}': is text such as '0.5s: rate=10M; 2s: loss=20%'");
        }

        return LinkText.Schedule(link, Schedule);
    }

    /// <summary>Checks it.</summary>
    /// <exception cref="UsageException">Something makes no sense; the message names it.</exception>
    public LiveSettings Validated()
    {
        if (Description().Seed is { } own && WantedSeed is { } wanted && own != wanted)
        {
            throw new UsageException($"--seed '{wanted}': the link has its own, seed={own}");
        }

        CongestionNames.Parse(Congestion);
        return Bytes is >= 1 and <= MaxBytes ? this : throw new UsageException($"--bytes {Bytes}: 1 to {Quantity.SizeText(MaxBytes)}");
    }

    /// <summary>The command that gives the same event log.</summary>
    public string Command
    {
        get
        {
            string schedule = Schedule is null ? "" : $" --schedule '{Schedule}'";
            string seed = LinkText.Parse(Link, mayNameFiles: false).Seed is null ? string.Create(CultureInfo.InvariantCulture, $" --seed {Seed}") : "";
            return string.Create(CultureInfo.InvariantCulture, $"nlab live --link '{Link}'{schedule} --congestion {Congestion} --bytes {Bytes}{seed}");
        }
    }
}
