using NetLab.Host.Captures;
using NetLab.Host.Settings;

namespace NetLab.Host.Tables;

/// <summary>Captures of which each is decoded by itself, into tables of its own: a folder a table, a file a capture.</summary>
/// <param name="Capture">All of them, as one command line names them.</param>
/// <param name="Settings">Where tables are written; its share is one of the captures, not of conversations.</param>
/// <param name="Selection">Which packets of each.</param>
/// <param name="Question">What decides what the tables hold: the command's options and the program's version.</param>
internal sealed record CaptureFolder(CaptureInput Capture, ParquetSettings Settings, PacketSelection Selection, string Question)
{
    /// <summary>Writes the tables of those that are not complete yet; one that is damaged does not keep the others.</summary>
    /// <param name="tables">How a capture becomes tables, but for its file and its share.</param>
    /// <param name="cancellationToken">Ends it early; what is complete stays, and is passed over by the next run.</param>
    /// <returns>The exit code: 1 if any of them was damaged.</returns>
    public int Write(CaptureTables tables, CancellationToken cancellationToken)
    {
        var complete = new CompletedCaptures(Settings.Folder, Question);
        int exit = ExitCode.Done;
        int passed = 0;
        int number = 0;
        foreach ((string path, string name) in CompletedCaptures.NamesOf([Capture.Path, .. Capture.Others ?? []]))
        {
            if (Settings.Shard is { } shard && number++ % shard.Count != shard.Index - 1)
            {
                continue;
            }

            if (complete.Has(path, name))
            {
                passed++;
                continue;
            }

            complete.Remove(name);
            CaptureTables one = tables with { Capture = Capture with { Path = path, Others = null }, Selection = Selection with { Shard = null } };
            try
            {
                // A damaged capture has all the tables that it can have: it is complete, too, and its damage is said once.
                exit = Math.Max(exit, one.WriteParquet(Settings with { Shard = null, Capture = name }, cancellationToken));
                complete.Add(path, name);
            }
            catch (InvalidDataException error)
            {
                Console.Error.WriteLine($"nlab: {error.Message}");
                exit = ExitCode.Failed;
            }
        }

        if (passed > 0)
        {
            Console.Error.WriteLine($"complete already in {Settings.Folder}: {passed}");
        }

        return exit;
    }
}
