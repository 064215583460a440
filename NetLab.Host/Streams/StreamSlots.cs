namespace NetLab.Host.Streams;

/// <summary>
/// How many of the kernel's streams the process may serve at once. Each takes a descriptor, and a process without any left cannot
/// even open the files that .NET itself needs: it would be ended as if memory had run out.
/// </summary>
internal static class StreamSlots
{
    // Half of the descriptors: the other half is for what the streams make others open, for relays, recordings and libraries.
    private const int Share = 2;
    private const int Reserve = 256;

    private static readonly int Max = Math.Max(16, (Limit() - Reserve) / Share);

    // What is no stream gives descriptors back as well, and tells nobody.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    private static int _taken;
    private static TaskCompletionSource? _returned;

    /// <summary>Takes one.</summary>
    /// <returns>Whether there was one left.</returns>
    public static bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= Max)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    /// <summary>Gives one back.</summary>
    public static void Return()
    {
        Interlocked.Decrement(ref _taken);
        Interlocked.Exchange(ref _returned, null)?.TrySetResult();
    }

    /// <summary>
    /// Waits until a stream gave its descriptor back, or for a second: after the system had none left for a new stream, there may be
    /// one then.
    /// </summary>
    public static async Task WaitAsync(CancellationToken cancellationToken)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource returned = Interlocked.CompareExchange(ref _returned, mine, null) ?? mine;
        await Task.WhenAny(returned.Task, Task.Delay(MaxWait, cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Descriptors that the process may have: .NET raises its own limit to the hard one when it starts.</summary>
    private static int Limit()
    {
        const string Name = "Max open files";
        const int Elsewhere = 8192;
        if (!OperatingSystem.IsLinux())
        {
            return Elsewhere;
        }

        string? line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        string[] words = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 0 && int.TryParse(words[0], out int soft) ? soft : Elsewhere;
    }
}
