using System.Runtime.InteropServices;

namespace NetLab.Host.Settings;

/// <summary>A file that a command line wants written: what is wrong with it is known before anything is measured or bound.</summary>
internal static partial class OutputPath
{
    // unistd.h: may be written; may be searched.
    private const int Writes = 2;
    private const int Searches = 1;

    /// <summary>Sees that a file can stand there.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="UsageException">It cannot.</exception>
    public static void Check(string? path, string option)
    {
        if (path is null)
        {
            return;
        }

        if (path.Length == 0)
        {
            throw new UsageException($"{option} '': a file has a name");
        }

        if (WhyNot(path) is { } why)
        {
            throw new UsageException($"{option} '{path}': {why}");
        }
    }

    /// <summary>Sees that a folder is there, or can be made.</summary>
    /// <param name="path">The folder; null for none.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="UsageException">It cannot.</exception>
    public static void CheckFolder(string? path, string option)
    {
        if (path is null)
        {
            return;
        }

        if (path.Length == 0)
        {
            throw new UsageException($"{option} '': a folder has a name");
        }

        // Those that are missing are made.
        string? there = Path.GetFullPath(path);
        while (there is not null && !Path.Exists(there))
        {
            there = Path.GetDirectoryName(there);
        }

        if (there is not null && WhyNoFile(there) is { } why)
        {
            throw new UsageException($"{option} '{path}': {why}");
        }
    }

    /// <summary>Why a file could not be written, in as few words as say it.</summary>
    public static string Why(string path, Exception error) => WhyNot(path) ?? error.Message;

    private static string? WhyNot(string path) =>
        Directory.Exists(path) ? "is a folder"
        : File.Exists(path) ? WhyNotAccess(path, Writes)
        : Path.GetDirectoryName(Path.GetFullPath(path)) is not { } folder ? null
        : Directory.Exists(folder) ? WhyNoFile(folder)
        : "the folder does not exist";

    // Why there can be no new file in a folder.
    private static string? WhyNoFile(string folder) => File.Exists(folder) ? "is a file, and a folder is needed" : WhyNotAccess(folder, Writes | Searches);

    private static string? WhyNotAccess(string path, int mode) =>
        OperatingSystem.IsWindows() || Access(path, mode) == 0 ? null : $"cannot be written ({Marshal.GetLastPInvokeErrorMessage()})";

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
