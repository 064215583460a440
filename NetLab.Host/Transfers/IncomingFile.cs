using System.Security.Cryptography;
using NetLab.Host.Settings;

namespace NetLab.Host.Transfers;

/// <summary>
/// A file being received: written under another name beside its final one, and moved there only when it is whole and its
/// SHA-256 is right. Whatever happens before, nothing stands under the final name.
/// </summary>
internal sealed class IncomingFile : IDisposable
{
    private readonly string _finalPath;
    private readonly string _partPath;
    private readonly FileStream _stream;
    private readonly bool _overwrite;
    private bool _kept;

    /// <param name="finalPath">Where the file will stand.</param>
    /// <param name="overwrite">Whether a file that stands there by then may be replaced.</param>
    public IncomingFile(string finalPath, bool overwrite)
    {
        _overwrite = overwrite;
        _finalPath = Path.GetFullPath(finalPath);
        string folder = Path.GetDirectoryName(_finalPath)!;
        _partPath = Path.Combine(folder, $".{Guid.NewGuid():N}.part");
        _stream = new FileStream(_partPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
    }

    /// <summary>Sees whether a file could be written beside a path, before anybody sends one.</summary>
    /// <exception cref="UsageException">It could not.</exception>
    public static void CheckFolderOf(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        try
        {
            new FileStream(Path.Combine(folder, $".{Guid.NewGuid():N}.part"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}': nothing can be written to the folder {folder}");
        }
    }

    /// <summary>Where the file will stand.</summary>
    public string FinalPath => _finalPath;

    /// <summary>Bytes up to the last one written.</summary>
    public long Length => _stream.Length;

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    /// <summary>Writes bytes at a position.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        _stream.Position = offset;
        _stream.Write(bytes);
    }

    /// <summary>Looks at what has been written.</summary>
    public T Read<T>(Func<Stream, T> look)
    {
        _stream.Flush();
        return look(_stream);
    }

    /// <summary>The SHA-256 of what has been written.</summary>
    public byte[] Hash()
    {
        _stream.Position = 0;
        return SHA256.HashData(_stream);
    }

    /// <summary>Makes it the final file.</summary>
    public void Keep()
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();

        // Within one folder a move is one step: the final name holds the old file or the new one, never half of it.
        File.Move(_partPath, _finalPath, _overwrite);
        _kept = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        if (!_kept)
        {
            File.Delete(_partPath);
        }
    }
}
