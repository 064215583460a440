using System.Diagnostics;
using System.Security.Cryptography;

namespace NetLab.Host.Tests.Relays;

/// <summary>
/// A kernel's TCP in one namespace, NetLab's in another, and an emulated link between: what the one sends crosses the link, is passed on by the other's
/// kernel, and comes to NetLab's device.
/// </summary>
internal sealed class TunLab : IAsyncDisposable
{
    /// <summary>The kernel's address.</summary>
    public const string Kernel = "10.9.1.1";

    /// <summary>NetLab's.</summary>
    public const string Ours = "10.9.3.2";

    private static int _last;

    private readonly Nlab _link;
    private InNamespace _up;

    private TunLab(string name, Nlab link, InNamespace up) => (Name, _link, _up) = (name, link, up);

    public string Name { get; }

    /// <summary>Where the kernel's TCP is.</summary>
    public string KernelSide => $"{Name}-a";

    /// <summary>Where NetLab's is.</summary>
    public string OurSide => $"{Name}-b";

    /// <param name="link">The link.</param>
    /// <param name="settings">Of the kernel, below /proc/sys/net/ipv4.</param>
    public static async Task<TunLab> Open(string link, params (string Setting, string Value)[] settings)
    {
        string name = $"nlt-{Environment.ProcessId}-t{Interlocked.Increment(ref _last)}";
        Nlab nlab = Nlab.Start(null, "link", "tun://10.9.1.1/24", "tun://10.9.2.1/24", "--link", link, "--seed", "7", "--namespaces", $"{name}-a,{name}-b");
        try
        {
            await nlab.Listening();
            await Set($"{name}-b", "ip_forward", "1");
            foreach ((string setting, string value) in settings)
            {
                await Set($"{name}-a", setting, value);
            }

            InNamespace up = InNamespace.Nlab($"{name}-b", "up", "tun://10.9.3.1/24");
            await up.Listening();
            return new TunLab(name, nlab, up);
        }
        catch
        {
            nlab.Interrupt();
            await nlab.End();
            nlab.Dispose();
            throw;
        }
    }

    /// <summary>Bytes from the kernel's TCP to NetLab's, and back, both at once on one connection that the kernel opens.</summary>
    public async Task ToNetLab(byte[] there, byte[] back)
    {
        using InNamespace server = InNamespace.Nlab(OurSide, "listen", $"tun-tcp://{Ours}:7000");
        await server.Listening();
        using InNamespace client = InNamespace.Nlab(KernelSide, "connect", $"kernel-tcp://{Ours}:7000", "--allow-remote");
        await Exchange(client, server, there, back);
    }

    /// <summary>The same on a connection that NetLab opens.</summary>
    public async Task FromNetLab(byte[] there, byte[] back)
    {
        using InNamespace server = InNamespace.Nlab(KernelSide, "listen", $"kernel-tcp://{Kernel}:7000", "--allow-remote");
        await server.Listening();
        using InNamespace client = InNamespace.Nlab(OurSide, "connect", $"tun-tcp://{Kernel}:7000", "--allow-remote");
        await Exchange(client, server, there, back);
    }

    /// <summary>Makes the link another one.</summary>
    public Task Change(string link) => _link.Input.WriteLineAsync(link);

    /// <summary>What keeps the device there is killed, and another one makes it anew.</summary>
    public async Task KillUpAndStartAgain()
    {
        _up.Dispose();
        _up = InNamespace.Nlab(OurSide, "up", "tun://10.9.3.1/24");
        await _up.Listening();
        Assert.Contains("removed nlab1, which a run that was killed had left", _up.Errors, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _up.Interrupt();
        _up.Dispose();
        _link.Interrupt();
        await _link.End();
        _link.Dispose();
    }

    private static async Task Exchange(InNamespace client, InNamespace server, byte[] there, byte[] back)
    {
        Task writing = Task.WhenAll(client.Write(there), server.Write(back));
        byte[][] received = await Task.WhenAll(server.Output(), client.Output());
        await writing;
        Assert.True(there.Length == received[0].Length && back.Length == received[1].Length,
            $"{received[0].Length} of {there.Length} bytes there, {received[1].Length} of {back.Length} back; {client.Errors.Trim()}; {server.Errors.Trim()}");
        Assert.Equal(Convert.ToHexString(SHA256.HashData(there)), Convert.ToHexString(SHA256.HashData(received[0])));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(back)), Convert.ToHexString(SHA256.HashData(received[1])));
    }

    private static async Task Set(string name, string setting, string value)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", name, "sh", "-c", $"echo {value} > /proc/sys/net/ipv4/{setting}"]) { RedirectStandardError = true })!;
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, errors);
    }
}
