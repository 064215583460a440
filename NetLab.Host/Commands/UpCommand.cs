using System.CommandLine;
using NetLab.Host.Relays;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab up</c>: TUN devices for <c>tun-tcp://</c> addresses, for as long as it runs.</summary>
internal static class UpCommand
{
    private const int DefaultMtu = 1500;
    private const int LeastIpv6Mtu = 1280;
    private const int MaxNameLength = 64;
    private const string Default = "tun://10.9.0.1/24,[fd09::1]/64";

    public static Command Create()
    {
        var addresses = new Argument<string[]>("ADDRESS")
        {
            Description = $"The kernel's address on each device, or one of each version of IP: {Default}",
            DefaultValueFactory = _ => [Default],
        };
        var name = new Option<string?>("--namespace") { Description = "Make a network namespace of that name, and the devices in it", HelpName = "NAME" };
        var mtu = new Option<int>("--mtu") { Description = "The devices' MTU in bytes", HelpName = "N", DefaultValueFactory = _ => DefaultMtu };
        var command = new Command("up", "Make TUN devices for NetLab's TCP over IP (tun-tcp://), until Ctrl-C takes them down; Linux, with CAP_NET_ADMIN") { addresses, name, mtu };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            IReadOnlyList<TunAddress>[] devices = [.. parsed.GetRequiredValue(addresses).Select(Read)];
            TunAddress[] all = [.. devices.SelectMany(d => d)];
            for (int i = 0; i < all.Length; i++)
            {
                // Two devices with one network: the kernel sends to the first whatever is for the second.
                if (Array.Find(all[..i], other => new TunNetwork("", other.Address, other.PrefixLength).Contains(all[i].Address) || new TunNetwork("", all[i].Address, all[i].PrefixLength).Contains(other.Address)) is { } taken)
                {
                    throw new UsageException($"'tun://{all[i]}': is in the network of tun://{taken}: each device has its own");
                }
            }

            int size = parsed.GetValue(mtu);
            int least = devices.Any(d => d.Any(IsIpv6)) ? LeastIpv6Mtu : TunSetup.LeastMtu;
            if (size < least || size > TunSetup.LargestMtu)
            {
                throw new UsageException($"--mtu '{size}': {least} to {TunSetup.LargestMtu} bytes");
            }

            if (parsed.GetValue(name) is { } said && !IsName(said))
            {
                throw new UsageException($"--namespace '{said}': is letters, digits, '-' and '_'");
            }

            return await RunAsync(devices, parsed.GetValue(name), size, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyList<TunAddress>[] devices, string? networkNamespace, int mtu, CancellationToken cancellationToken)
    {
        foreach (string left in NetworkNamespace.RemoveAbandoned().Concat(TunSetup.RemoveAbandoned()))
        {
            await Console.Error.WriteLineAsync($"removed {left}, which a run that was killed had left").ConfigureAwait(false);
        }

        using TunSetup setup = TunSetup.Create(devices, networkNamespace, mtu);
        foreach (string step in setup.Steps)
        {
            await Console.Error.WriteLineAsync(step).ConfigureAwait(false);
        }

        string inside = networkNamespace is null ? "" : $"ip netns exec {networkNamespace} ";
        foreach ((string device, IReadOnlyList<TunAddress> kernel) in setup.Devices)
        {
            string own = string.Join(" and ", kernel.Select(k => new TunNetwork(device, k.Address, k.PrefixLength).Own()));
            await Console.Error.WriteLineAsync($"up {device}: {string.Join(" and ", kernel)} is the kernel's, {own} is NetLab's").ConfigureAwait(false);
        }

        TunAddress first = setup.Devices[0].Addresses[0];
        var there = new LabAddress(LabTransport.TunTcp, new TunNetwork("", first.Address, first.PrefixLength).Own().ToString(), 7000);
        await Console.Error.WriteLineAsync($"try: {inside}nlab listen {there}, and {inside}nc {there.Host} {there.Port}").ConfigureAwait(false);
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how it ends.
        }

        setup.Dispose();
        await Console.Error.WriteLineAsync($"down {string.Join(", ", setup.Devices.Select(d => d.Name))}").ConfigureAwait(false);
        return ExitCode.Done;
    }

    // tun://10.9.0.1/24,[fd09::1]/64: one device.
    private static IReadOnlyList<TunAddress> Read(string text)
    {
        string[] parts = text.Split(',');
        if (!TunAddress.IsMeant(parts[0]))
        {
            throw new UsageException($"'{parts[0]}': a device is tun://ADDRESS/PREFIX, such as tun://10.9.0.1/24");
        }

        TunAddress[] addresses = [.. parts.Select(part => TunAddress.Parse(TunAddress.IsMeant(part) ? part : $"tun://{part}"))];
        foreach (TunAddress address in addresses)
        {
            int most = IsIpv6(address) ? 126 : 30;
            if (address.PrefixLength > most)
            {
                throw new UsageException($"'{text}': the prefix is {most} bits at most: the kernel has one address there, and NetLab others");
            }
        }

        return addresses.Length <= 2 && addresses.Select(IsIpv6).Distinct().Count() == addresses.Length
            ? addresses
            : throw new UsageException($"'{text}': a device has one address of each version of IP");
    }

    private static bool IsIpv6(TunAddress address) => address.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;

    private static bool IsName(string name) => name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
