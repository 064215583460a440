using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;
using ScottPlot;

namespace NetLab.Host.Rendering;

/// <summary>Throughput over time as a picture: a line a run, a color a transport.</summary>
internal static class ThroughputPlot
{
    private const int Width = 960;
    private const int Height = 540;

    /// <summary>Says before anything is measured that a picture cannot be written there.</summary>
    /// <exception cref="UsageException">The name or the folder is wrong.</exception>
    public static void Check(FileInfo? file)
    {
        if (file is null)
        {
            return;
        }

        if (!IsSvg(file) && !file.Extension.Equals(".png", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--plot '{file}': a picture is .svg or .png");
        }

        if (file.Directory is { Exists: false })
        {
            throw new UsageException($"--plot '{file}': the folder does not exist");
        }
    }

    /// <summary>Draws what the receivers got.</summary>
    public static void Write(PerfDocument document, FileInfo file)
    {
        using var plot = new Plot();
        Color[] palette = new ScottPlot.Palettes.Category10().Colors;
        string[] transports = [.. document.Runs.Select(r => r.Transport).Distinct()];
        double most = Math.Max(1, document.Runs.SelectMany(r => r.Intervals).Select(i => i.Sum.BitsPerSecond).DefaultIfEmpty(1).Max());
        (double scale, string unit) = most switch
        {
            >= 1e9 => (1e9, "Gbit/s"),
            >= 1e6 => (1e6, "Mbit/s"),
            _ => (1e3, "kbit/s"),
        };
        foreach (PerfRun run in document.Runs)
        {
            if (run.Intervals.Count == 0)
            {
                continue;
            }

            // An interval's rate stands for all of it: drawn in its middle.
            double[] x = [.. run.Intervals.Select(i => (i.Sum.Start + i.Sum.End) / 2)];
            double[] y = [.. run.Intervals.Select(i => i.Sum.BitsPerSecond / scale)];
            ScottPlot.Plottables.Scatter line = plot.Add.Scatter(x, y, palette[Array.IndexOf(transports, run.Transport) % palette.Length]);
            line.LineWidth = 2;
            line.LegendText = run.Round == document.Runs.First(r => r.Transport == run.Transport).Round ? run.Transport : "";
        }

        plot.Title(document.Link is null ? $"{document.SegmentSize}-byte segments on loopback" : $"{document.SegmentSize}-byte segments, {document.Link}");
        plot.XLabel("seconds");
        plot.YLabel($"received, {unit}");
        plot.Axes.SetLimitsY(0, most / scale * 1.1);
        plot.ShowLegend(Alignment.LowerRight);
        if (IsSvg(file))
        {
            plot.SaveSvg(file.FullName, Width, Height);
        }
        else
        {
            plot.SavePng(file.FullName, Width, Height);
        }
    }

    private static bool IsSvg(FileInfo file) => file.Extension.Equals(".svg", StringComparison.OrdinalIgnoreCase);
}
