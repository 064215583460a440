using System.Security.Cryptography;
using System.Text;
using NetLab.Host.Settings;

namespace NetLab.Host.Transfers;

/// <summary>
/// A file being received: written under another name beside its final one, and moved there only when it is whole and its
/// SHA-256 is right. Whatever happens before, nothing stands under the final name, and nothing is left unless it is to be continued.
/// </summary>
internal sealed class IncomingFile : IDisposable
{
    // NAME_MAX of every common file system.
    private const int MaxNameBytes = 255;
    private const string PartSuffix = ".nlab-part";

    private readonly string _finalPath;
    private readonly string _partPath;
    private readonly FileStream _stream;
    private readonly bool _overwrite;
    private readonly bool _resumes;
    private bool _kept;

    /// <param name="finalPath">Where the file will stand.</param>
    /// <param name="overwrite">Whether a file that stands there may be replaced.</param>
    /// <param name="size">Its bytes, if they are known: then it is seen whether there is room.</param>
    /// <param name="resumes">Whether what an earlier, broken transfer left is continued, and what this one leaves is kept for a later one.</param>
    /// <exception cref="UnkeptFileException">It could not be kept: says why.</exception>
    public IncomingFile(string finalPath, bool overwrite, long? size = null, bool resumes = false)
    {
        _overwrite = overwrite;
        _resumes = resumes;
        _finalPath = Path.GetFullPath(finalPath);
        string name = Path.GetFileName(_finalPath);
        string folder = Path.GetDirectoryName(_finalPath)!;
        if (Directory.Exists(_finalPath))
        {
            throw new UnkeptFileException($"'{name}' is a folder here");
        }

        if (!overwrite && File.Exists(_finalPath))
        {
            throw new UnkeptFileException($"'{name}' exists already; say where to put the file with -o");
        }

        if (Encoding.UTF8.GetByteCount(name) + (resumes ? PartSuffix.Length : 0) > MaxNameBytes)
        {
            throw new UnkeptFileException("the name is too long");
        }

        _partPath = Path.Combine(folder, resumes ? name + PartSuffix : $".{Guid.NewGuid():N}.part");
        try
        {
            CheckRoom(folder, size);
            _stream = new FileStream(_partPath, resumes ? FileMode.OpenOrCreate : FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        }
        catch (Exception error) when (error is (IOException or UnauthorizedAccessException) and not UnkeptFileException)
        {
            throw new UnkeptFileException($"'{name}' cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Where the file will stand.</summary>
    public string FinalPath => _finalPath;

    /// <summary>Bytes up to the last one written.</summary>
    public long Length => _stream.Length;

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

    /// <summary>Goes on behind bytes that are there already, or begins anew.</summary>
    /// <param name="position">How many of them count.</param>
    /// <param name="hash">Is given those.</param>
    public void ContinueAt(long position, IncrementalHash hash)
    {
        _stream.SetLength(position);
        _stream.Position = 0;
        byte[] buffer = new byte[1 << 16];
        int read;
        while ((read = _stream.Read(buffer)) > 0)
        {
            hash.AppendData(buffer.AsSpan(0, read));
        }
    }

    /// <summary>Appends bytes.</summary>
    /// <exception cref="UnkeptFileException">There is no room for them.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unkept(error);
        }
    }

    /// <summary>Writes bytes at a position.</summary>
    /// <exception cref="UnkeptFileException">There is no room for them.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Position = offset;
            _stream.Write(bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unkept(error);
        }
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
    /// <exception cref="UnkeptFileException">It cannot be: the disk is full, or a file of this name has come meanwhile.</exception>
    public void Keep()
    {
        try
        {
            _stream.Flush(flushToDisk: true);
            _stream.Dispose();

            // Within one folder a move is one step: the final name holds the old file or the new one, never half of it.
            File.Move(_partPath, _finalPath, _overwrite);
            _kept = true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unkept(error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // What waited in the buffer found no room either: that has been said when it was written, and the file goes anyway.
        }
        finally
        {
            if (!_kept && !_resumes)
            {
                File.Delete(_partPath);
            }
        }
    }

    private UnkeptFileException Unkept(Exception error) => new($"'{Path.GetFileName(_finalPath)}' cannot be written: {error.Message}", error);

    private static void CheckRoom(string folder, long? size)
    {
        long room = new DriveInfo(folder).AvailableFreeSpace;
        if (size > room)
        {
            throw new UnkeptFileException($"{size} bytes are too many: there is room for {room}");
        }
    }
}
