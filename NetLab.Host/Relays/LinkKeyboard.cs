using System.Runtime.InteropServices;
using NetLab.Udp.Links;

namespace NetLab.Host.Relays;

/// <summary>A link changed by keys while it runs: + and - for loss, &gt; and &lt; for delay, 0 for how it began.</summary>
/// <param name="first">How it began.</param>
internal sealed partial class LinkKeyboard(LinkDescription first)
{
    /// <summary>What the keys do, in a line.</summary>
    public const string Help = "keys: + - loss by a point, > < delay by 5 ms, 0 as it began";

    private const double LossStep = 0.01;
    private const int StandardInput = 0;

    private static readonly TimeSpan DelayStep = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromHours(1);

    private readonly LinkDescription _first = first;

    /// <summary>The link as it is now.</summary>
    public LinkDescription Present { get; private set; } = first;

    /// <summary>Whether keys that are pressed are this process's to read: not in the background, where reading would stop it.</summary>
    public static bool IsForeground => !Console.IsInputRedirected
        && (OperatingSystem.IsWindows() || ForegroundGroup(StandardInput) == ProcessGroup());

    /// <summary>Does what a key says, in both directions.</summary>
    /// <returns>Whether the link is another one now.</returns>
    public bool Press(char key)
    {
        LinkDescription changed = key switch
        {
            '+' => With(d => d with { Loss = Math.Min(1, Math.Round(d.Loss + LossStep, 4)) }),
            '-' => With(d => d with { Loss = Math.Max(0, Math.Round(d.Loss - LossStep, 4)) }),
            '>' => With(d => d with { Delay = d.Delay + DelayStep < MaxDelay ? d.Delay + DelayStep : MaxDelay }),
            '<' => With(d => d with { Delay = d.Delay > DelayStep ? d.Delay - DelayStep : TimeSpan.Zero }),
            '0' => _first,
            _ => Present,
        };

        // What no link string could say, such as more jitter than delay, is not done.
        bool isOther = changed != Present && LinkDescription.TryParse((changed with { Seed = null }).ToString(), out _, out _);
        Present = isOther ? changed : Present;
        return isOther;
    }

    /// <summary>How it is now, as a link string; in words where it changes nothing.</summary>
    public override string ToString() =>
        (Present with { Seed = null }).ToString() is { Length: > 0 } text ? text : "a link that changes nothing";

    private LinkDescription With(Func<LinkDirection, LinkDirection> change) => Present with { Up = change(Present.Up), Down = change(Present.Down) };

    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    private static partial int ForegroundGroup(int descriptor);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int ProcessGroup();
}
