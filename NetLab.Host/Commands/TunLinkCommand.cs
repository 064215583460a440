using System.Globalization;
using System.Text.Json;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Recording;
using NetLab.Host.Relays;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Udp.Devices;
using NetLab.Udp.Links;

namespace NetLab.Host.Commands;

/// <summary>
/// <c>nlab link tun://10.9.1.1/24 tun://10.9.2.1/24 --link LINK</c>: two network namespaces whose kernels reach each other through an emulated link.
/// </summary>
internal static class TunLinkCommand
{
    private const int DefaultMtu = 1500;
    private const int MaxNameLength = 64;

    /// <summary>Runs it until it is stopped.</summary>
    /// <param name="first">The address of the first device.</param>
    /// <param name="second">That of the second.</param>
    /// <param name="settings">What else was said.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UsageException">Something makes no sense, or cannot be done here; nothing is left behind.</exception>
    public static async Task<int> RunAsync(string first, string second, TunLinkSettings settings, CancellationToken cancellationToken)
    {
        (TunAddress First, TunAddress Second) addresses = (TunAddress.Parse(first), TunAddress.Parse(second));
        if (addresses.First.Address.AddressFamily != addresses.Second.Address.AddressFamily || addresses.First.Address.Equals(addresses.Second.Address))
        {
            throw new UsageException($"'{second}': the other device has another address, of the same version of IP");
        }

        LinkDescription description = LinkText.Parse(settings.Link);
        if (settings.Schedule is { } steps)
        {
            description = LinkText.Schedule(description, steps);
        }

        (string First, string Second) names = NamesOf(settings.Namespaces);
        ulong seed = CommonOptions.SeedOf(description, settings.Seed);
        using LinkLog? fates = LinkLog.Open(settings.Log);
        foreach (string left in NetworkNamespace.RemoveAbandoned())
        {
            await Console.Error.WriteLineAsync($"removed {left}, which a run that was killed had left").ConfigureAwait(false);
        }

        using TunPair pair = TunPair.Create(names, addresses, MtuOf(description));
        var changes = new LinkChangeNotes(Console.Error);
        using var link = new TunLink(pair.First, pair.Second, description, seed, PacketKind.Matches)
        {
            Log = fates is null ? null : fates.Write,
            Changes = (up, change) =>
            {
                fates?.Write(up, change);
                changes.Say(up, change);
            },
        };
        link.Start();
        foreach (string step in pair.Steps)
        {
            await Console.Error.WriteLineAsync(step).ConfigureAwait(false);
        }

        await Console.Error.WriteLineAsync($"link tun://{addresses.First} in {names.First} → tun://{addresses.Second} in {names.Second}  seed={seed}").ConfigureAwait(false);
        await Console.Error.WriteLineAsync($"try: ip netns exec {names.First} ping {addresses.Second.Address}").ConfigureAwait(false);
        LinkCommand.TakeChanges(link.Change, seed);
        await Task.WhenAny(link.Completion, Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
        if (settings.AsJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(LinkReport.Of(link, seed), PerfDocumentJson.Default.LinkReport));
        }
        else
        {
            Terminal.Out.Write(new LinkTable(link).DrawTotal(Terminal.Out.Profile.Width));
        }

        if (link.Completion.IsFaulted)
        {
            await link.Completion.ConfigureAwait(false);
        }

        return cancellationToken.IsCancellationRequested ? ExitCode.Done : ExitCode.Failed;
    }

    // What the link would not carry is better not sent: both kernels know its MTU, as of a wire.
    private static int MtuOf(LinkDescription link) =>
        new[] { link.Up.Mtu, link.Down.Mtu }.Where(m => m > 0).Select(m => Math.Max(m, 68)).Append(DefaultMtu).Min();

    private static (string First, string Second) NamesOf(string? text)
    {
        if (text is null)
        {
            return (string.Create(CultureInfo.InvariantCulture, $"nlab-{Environment.ProcessId}-a"), string.Create(CultureInfo.InvariantCulture, $"nlab-{Environment.ProcessId}-b"));
        }

        return text.Split(',') is [var first, var second] && first != second && IsName(first) && IsName(second)
            ? (first, second)
            : throw new UsageException($"--namespaces '{text}': is two names with a comma between them, of letters, digits, '-' and '_'");
    }

    private static bool IsName(string name) => name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
