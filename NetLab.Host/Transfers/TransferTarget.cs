using System.Formats.Tar;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Transfers;

/// <summary>Where what is received goes.</summary>
/// <param name="File">The file; null for the sender's name.</param>
/// <param name="Folder">The folder that it goes to under the sender's name.</param>
/// <param name="IsStandardOutput">Whether it goes to standard output instead.</param>
/// <param name="Resumes">Whether a broken transfer is continued.</param>
internal sealed record TransferTarget(FileInfo? File, string Folder, bool IsStandardOutput, bool Resumes)
{
    /// <summary>Whether a file that stands there may be replaced: one that was named here, and not by the sender.</summary>
    public bool Overwrites => File is not null;

    /// <summary>Reads what -o says, and sees whether something can be written there.</summary>
    /// <exception cref="UsageException">Nothing can.</exception>
    public static TransferTarget Parse(string? output, bool resumes)
    {
        if (output == "-")
        {
            return resumes ? throw new UsageException("--resume: what has gone to standard output cannot be continued") : new TransferTarget(null, "", true, false);
        }

        if (output?.Length == 0)
        {
            throw new UsageException("-o '': a file has a name");
        }

        if (output is null || Directory.Exists(output))
        {
            string folder = Path.GetFullPath(output ?? ".");
            IncomingFile.CheckFolderOf(Path.Combine(folder, "received"));
            return new TransferTarget(null, folder, false, resumes);
        }

        var file = new FileInfo(output);
        if (Path.EndsInDirectorySeparator(output) || file.Directory is not { Exists: true })
        {
            throw new UsageException($"-o '{output}': the folder does not exist");
        }

        IncomingFile.CheckFolderOf(file.FullName);
        return new TransferTarget(file, file.DirectoryName!, false, resumes);
    }

    /// <summary>Where a file goes that the sender calls so.</summary>
    public string PathFor(string name) => File?.FullName ?? Path.Combine(Folder, name);

    /// <summary>Receives what a sender offers. If it cannot be kept, the sender is told before its bytes come.</summary>
    /// <exception cref="UnkeptFileException">It cannot be kept.</exception>
    public async Task<TransferReport> TakeAsync(LabStream stream, FileOffer offer, IProgress<(long Received, long Size)>? progress, CancellationToken cancellationToken)
    {
        string? scratch = IsStandardOutput ? Path.Combine(Path.GetTempPath(), $"nlab-{Guid.NewGuid():N}") : null;
        string path = scratch ?? PathFor(offer.Name);
        bool isFolder = offer.Kind == FileOfferKind.Folder && scratch is null;
        try
        {
            TransferReport report;
            string archive = isFolder ? path + ".tar" : path;
            try
            {
                if (isFolder && (Directory.Exists(path) || System.IO.File.Exists(path)))
                {
                    throw new UnkeptFileException($"'{Path.GetFileName(path)}' exists already; say where to put the folder with -o");
                }

                using var file = new IncomingFile(archive, Overwrites || isFolder, offer.Size, Resumes);
                report = await StreamFileReceiver.ReceiveAsync(stream, offer, file, progress, cancellationToken).ConfigureAwait(false);
            }
            catch (UnkeptFileException error)
            {
                await StreamFileReceiver.RefuseAsync(stream, error.Message, cancellationToken).ConfigureAwait(false);
                throw;
            }

            if (isFolder && report.Intact == true)
            {
                Unpack(archive, path);
            }

            if (scratch is not null && report.Intact == true)
            {
                using Stream output = StandardOutput.Open();
                using FileStream content = System.IO.File.OpenRead(scratch);
                await content.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
            }

            return report with { Name = isFolder ? offer.Name + "/" : scratch is null ? report.Name : offer.Name };
        }
        finally
        {
            if (scratch is not null)
            {
                System.IO.File.Delete(scratch);
            }
        }
    }

    // Beside its final place first: what cannot be unpacked whole leaves nothing there.
    private static void Unpack(string archive, string folder)
    {
        string unpacked = Path.Combine(Path.GetDirectoryName(folder)!, $".{Guid.NewGuid():N}.part");
        try
        {
            Directory.CreateDirectory(unpacked);
            TarFile.ExtractToDirectory(archive, unpacked, overwriteFiles: false);
            Directory.Move(unpacked, folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new UnkeptFileException($"the folder cannot be unpacked: {error.Message}", error);
        }
        finally
        {
            System.IO.File.Delete(archive);
            if (Directory.Exists(unpacked))
            {
                Directory.Delete(unpacked, recursive: true);
            }
        }
    }
}
