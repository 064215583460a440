using System.Runtime.InteropServices;

namespace NetLab.Host.Tests;

/// <summary>A file system in memory with room for so many bytes.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-disk");

    public SmallDisk(long bytes) => Assert.Equal(0, Mount("tmpfs", Path, "tmpfs", 0, $"size={bytes}"));

    public string Path => _folder.FullName;

    /// <summary>Whether this process may make one.</summary>
    public static bool MayMount()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        DirectoryInfo probe = Directory.CreateTempSubdirectory("nlab-disk");
        bool may = Mount("tmpfs", probe.FullName, "tmpfs", 0, "size=4096") == 0 && Unmount(probe.FullName, 0) == 0;
        probe.Delete();
        return may;
    }

    public void Dispose()
    {
        Assert.Equal(0, Unmount(Path, 0));
        _folder.Delete();
    }

    [DllImport("libc", EntryPoint = "mount")]
    private static extern int Mount(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string source, [MarshalAs(UnmanagedType.LPUTF8Str)] string target, [MarshalAs(UnmanagedType.LPUTF8Str)] string type, nuint flags, [MarshalAs(UnmanagedType.LPUTF8Str)] string data);

    [DllImport("libc", EntryPoint = "umount2")]
    private static extern int Unmount([MarshalAs(UnmanagedType.LPUTF8Str)] string target, int flags);
}
