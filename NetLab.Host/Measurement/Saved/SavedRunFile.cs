using System.IO.Compression;
using System.Text.Json;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Saved;

/// <summary>Files of measurements: <c>.json</c>, or <c>.gz</c> of it.</summary>
internal static class SavedRunFile
{
    // A day of samples a tenth of a second apart is a fifth of it.
    private const int MaxBytes = 256 << 20;

    /// <summary>Says before anything is measured that it cannot be saved there.</summary>
    /// <exception cref="UsageException">The name or the folder is wrong.</exception>
    public static void Check(FileInfo? file)
    {
        if (file is not null && !IsCompressed(file) && !file.Extension.Equals(".json", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--save '{file}': a saved run is .json, or .json.gz");
        }

        OutputPath.Check(file?.ToString(), "--save");
    }

    /// <summary>Writes one, whole or not at all.</summary>
    public static void Write(FileInfo file, SavedRun run)
    {
        string unfinished = $"{file.FullName}.{Environment.ProcessId}.part";
        try
        {
            using (var output = new FileStream(unfinished, FileMode.Create))
            {
                using Stream stream = IsCompressed(file) ? new GZipStream(output, CompressionLevel.Optimal) : output;
                JsonSerializer.Serialize(stream, run, SavedRunJson.Default.SavedRun);
            }

            File.Move(unfinished, file.FullName, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            File.Delete(unfinished);
            throw new IOException($"--save '{file}': cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Reads the JSON of a file, compressed or not.</summary>
    /// <exception cref="UsageException">It is not there, or is no JSON; the message names the place.</exception>
    public static JsonDocument Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            Span<byte> magic = stackalloc byte[2];
            bool compressed = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
            file.Position = 0;
            using Stream content = compressed ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var bytes = new MemoryStream();
            byte[] buffer = new byte[1 << 16];
            int read;
            while ((read = content.Read(buffer)) > 0)
            {
                if (bytes.Length + read > MaxBytes)
                {
                    throw new UsageException($"'{path}': more than {MaxBytes >> 20} MiB");
                }

                bytes.Write(buffer, 0, read);
            }

            return JsonDocument.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        }
        catch (JsonException error)
        {
            throw new UsageException($"'{path}': line {(error.LineNumber ?? 0) + 1}: no JSON from byte {error.BytePositionInLine} of it on, or it was cut short");
        }
        catch (InvalidDataException)
        {
            throw new UsageException($"'{path}': the compressed file is damaged, or was cut short");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"'{path}': no such file");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}': cannot be read: {error.Message}");
        }
    }

    private static bool IsCompressed(FileInfo file) => file.Extension.Equals(".gz", StringComparison.OrdinalIgnoreCase);
}
