namespace NetLab.Udp.Devices;

/// <summary>
/// Does something in another network namespace of Linux. Sockets and devices stay where they were opened, whoever uses them later; so it is enough to
/// open them there. For any thread.
/// </summary>
public static class NetworkNamespaceThread
{
    /// <summary>Runs a function on a thread that is in a namespace, and waits for it.</summary>
    /// <param name="path">Where the namespace is mounted, such as /run/netns/a.</param>
    /// <param name="function">It; asynchronous calls of it would go on elsewhere.</param>
    /// <exception cref="IOException">There is no such namespace, the right to enter it is missing (CAP_SYS_ADMIN), or the function failed; the message says which and why.</exception>
    /// <exception cref="PlatformNotSupportedException">The system has no such namespaces.</exception>
    public static T Run<T>(string path, Func<T> function)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(function);
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("network namespaces need Linux");
        }

        // A namespace is a thread's, and one that has been elsewhere is of no more use.
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                LinuxDeviceCalls.Enter(path);
                result = function();
            }
            catch (Exception error)
            {
                failure = error;
            }
        })
        { IsBackground = true, Name = "network namespace" };
        thread.Start();
        thread.Join();
        return failure is null ? result : throw new IOException(failure.Message, failure);
    }
}
