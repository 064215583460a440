using System.Globalization;
using System.Security.Cryptography;
using NetLab.Udp.Devices;

namespace NetLab.Benchmarks.Interop;

/// <summary>
/// <c>interop [MEGABYTES]</c>: NetLab's TCP over IP with the programs and the kernel's TCP that everybody runs, in network namespaces of its own. Prints the
/// table of the README, a row as it is done. What is not installed, or what this kernel has not, is left out, and said.
/// </summary>
internal static class InteropRun
{
    private const int DefaultMegabytes = 100;

    /// <summary>Runs it.</summary>
    /// <returns>0; 1 if something did not arrive as it was sent; 2 without the right.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        int megabytes = DefaultMegabytes;
        if (arguments.Length > 1 || (arguments.Length == 1 && !(int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out megabytes) && megabytes is > 0 and <= 1000)))
        {
            await Console.Error.WriteLineAsync($"interop '{string.Join(' ', arguments)}': is a number of megabytes, 1 to 1000").ConfigureAwait(false);
            return 2;
        }

        if (!TunDevice.IsSupported || !Environment.IsPrivilegedProcess)
        {
            await Console.Error.WriteLineAsync("interop: needs root, TUN devices of Linux and iproute2: it makes network namespaces").ConfigureAwait(false);
            return 2;
        }

        byte[] bytes = RandomNumberGenerator.GetBytes(megabytes << 20);
        string name = string.Create(CultureInfo.InvariantCulture, $"nlab-interop-{Environment.ProcessId}");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("nlab-interop-");
        bool isRight = true;
        try
        {
            await Console.Out.WriteLineAsync("| | NetLab is connected to | NetLab connects |\n|---|---|---|").ConfigureAwait(false);
            await foreach (InteropRow row in new ProgramRows(name, folder.FullName, bytes).RunAsync().ConfigureAwait(false))
            {
                isRight &= await WriteAsync(row).ConfigureAwait(false);
            }

            await foreach (InteropRow row in new LinkRows(name, bytes).RunAsync().ConfigureAwait(false))
            {
                isRight &= await WriteAsync(row).ConfigureAwait(false);
            }

            return isRight ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<bool> WriteAsync(InteropRow row)
    {
        await Console.Out.WriteLineAsync($"| {row.What} | {row.Server} | {row.Client} |").ConfigureAwait(false);
        return row.IsRight;
    }
}
