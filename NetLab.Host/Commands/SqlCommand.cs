using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using NetLab.Host.Settings;
using NetLab.Host.Tables;

namespace NetLab.Host.Commands;

/// <summary><c>nlab sql DIR 'select …'</c>: asks the tables of <c>decode --parquet</c>; DuckDB answers.</summary>
internal static class SqlCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "A folder that nlab decode --parquet wrote" };
        var query = new Argument<string?>("QUERY") { Description = "What is asked; the tables are views by their names: select * from packets. Without it, the views are listed", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "The rows as JSON" };
        var csv = new Option<bool>("--csv") { Description = "The rows with commas between" };
        var command = new Command("sql", "Ask a capture's tables with SQL: DuckDB's, where it is installed") { folder, query, json, csv };
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(json) && parsed.GetValue(csv))
            {
                throw new UsageException("--json and --csv are two different outputs: choose one");
            }

            string path = parsed.GetRequiredValue(folder);
            if (!Directory.Exists(path))
            {
                throw new UsageException($"'{path}': {(File.Exists(path) ? "is a file; the folder of the tables is needed" : "no such folder")}");
            }

            IReadOnlyList<TableView> views = TableView.In(path);
            if (views.Count == 0)
            {
                throw new UsageException($"'{path}': there is no table (*.parquet) in it: write some with nlab decode FILE --parquet '{path}'");
            }

            if (parsed.GetValue(query) is not { } asked)
            {
                foreach (TableView view in views)
                {
                    Console.Out.WriteLine(view.Statement);
                }

                return Task.FromResult(ExitCode.Done);
            }

            string[] format = parsed.GetValue(json) ? ["-json"] : parsed.GetValue(csv) ? ["-csv"] : [];
            return AskAsync([.. format, "-c", string.Join(' ', views.Select(v => v.Statement)) + " " + asked], cancellationToken);
        });
        return command;
    }

    private static async Task<int> AskAsync(string[] words, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("duckdb");
        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }

        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Console.Error.WriteLine("nlab: there is no duckdb on this machine's PATH (https://duckdb.org); where there is one, this asks it:");
            Console.Error.WriteLine("duckdb " + string.Join(' ', words.Select(w => w.StartsWith('-') ? w : $"'{w.Replace("'", "'\\''", StringComparison.Ordinal)}'")));
            return ExitCode.Failed;
        }

        using (process)
        {
            try
            {
                await process!.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process!.Kill();
                throw;
            }

            return process.ExitCode == 0 ? ExitCode.Done : ExitCode.Failed;
        }
    }
}
