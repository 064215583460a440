using System.Formats.Tar;
using System.IO.Pipelines;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Transfers;

/// <summary>What is sent: a file, a folder as a tar archive, or standard input.</summary>
internal sealed class OutgoingFile : IAsyncDisposable
{
    private const string StandardInput = "-";

    private readonly Task _archiving;

    private OutgoingFile(FileOffer offer, Stream content, Task? archiving = null) => (Offer, Content, _archiving) = (offer, content, archiving ?? Task.CompletedTask);

    /// <summary>What the receiver is offered.</summary>
    public FileOffer Offer { get; }

    /// <summary>Its bytes.</summary>
    public Stream Content { get; }

    /// <summary>Whether it is a pipe: what one reader has taken no other one gets.</summary>
    public bool IsReadOnce => Content is BlockingInput;

    /// <summary>Sees whether there is something of a name, and whether it can go where it is to go.</summary>
    /// <exception cref="UsageException">It cannot.</exception>
    public static void Check(string path, IReadOnlyList<LabAddress> addresses)
    {
        if (path == StandardInput && addresses.Count > 1)
        {
            throw new UsageException("'-': standard input is read once, and there are several receivers");
        }

        if (path != StandardInput && !File.Exists(path) && !Directory.Exists(path))
        {
            throw new UsageException($"'{path}': no such file");
        }

        if (Directory.Exists(path) && addresses.FirstOrDefault(a => !a.IsStream) is { } datagrams)
        {
            throw new UsageException($"'{path}': is a folder, and '{datagrams}' loses pieces: a folder goes by tcp:// or kernel-tcp://");
        }
    }

    /// <summary>Opens it.</summary>
    /// <param name="path">What is sent.</param>
    /// <param name="cancellationToken">Gives up, such as on a pipe that nobody writes.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<OutgoingFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        if (path == StandardInput)
        {
            return new OutgoingFile(new FileOffer(FileOfferKind.File, "stdin", null), BlockingInput.OpenStandardInput());
        }

        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (!Directory.Exists(path))
        {
            Stream file = await BlockingInput.OpenAsync(path, cancellationToken).ConfigureAwait(false);
            return new OutgoingFile(new FileOffer(FileOfferKind.File, name, file.CanSeek ? file.Length : null), file);
        }

        var pipe = new Pipe();
        return new OutgoingFile(new FileOffer(FileOfferKind.Folder, name.Length == 0 ? "root" : name, null), pipe.Reader.AsStream(), ArchiveAsync(path, pipe.Writer));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync().ConfigureAwait(false);
        await _archiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task ArchiveAsync(string folder, PipeWriter output)
    {
        try
        {
            Stream archive = output.AsStream(leaveOpen: true);
            await using (archive.ConfigureAwait(false))
            {
                await TarFile.CreateFromDirectoryAsync(folder, archive, includeBaseDirectory: false).ConfigureAwait(false);
            }

            await output.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // The one who reads the archive sends it, and has to hear why it ends.
            await output.CompleteAsync(new IOException($"'{folder}' cannot be read: {error.Message}", error)).ConfigureAwait(false);
        }
    }
}
