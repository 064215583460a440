using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace NetLab.Tests;

/// <summary>
/// Runs tests as xunit does, but no more of their classes at once on this machine than it has room for, whichever run they belong to: programs
/// that wait for one another, and give up after seconds, are no test of anything where fifty of them share two processors.
/// </summary>
/// <param name="messages">Told of what goes on.</param>
public sealed class SharedMachine(IMessageSink messages) : XunitTestFramework(messages)
{
    /// <inheritdoc/>
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) => new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName name, ISourceInformationProvider sources, IMessageSink messages) : XunitTestFrameworkExecutor(name, sources, messages)
    {
        protected override async void RunTestCases(IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            using var runner = new Runner(TestAssembly, testCases, DiagnosticMessageSink, executionMessageSink, executionOptions);
            await runner.RunAsync();
        }
    }

    private sealed class Runner(ITestAssembly assembly, IEnumerable<IXunitTestCase> tests, IMessageSink messages, IMessageSink results, ITestFrameworkExecutionOptions options)
        : XunitTestAssemblyRunner(assembly, tests, messages, results, options)
    {
        // As many as may run at once in this process: whoever has a place on the machine must not wait for one in here.
        private readonly SemaphoreSlim _own = new(options.MaxParallelThreadsOrDefault() is > 0 and var most ? most : Places.Count);

        protected override async Task<RunSummary> RunTestCollectionAsync(
            IMessageBus messageBus, ITestCollection testCollection, IEnumerable<IXunitTestCase> testCases, CancellationTokenSource cancellationTokenSource)
        {
            await _own.WaitAsync(cancellationTokenSource.Token);
            try
            {
                using IDisposable places = await Places.TakeAsync(IsOfTheWholeMachine(testCollection) ? Places.Count : 1, cancellationTokenSource.Token);
                return await base.RunTestCollectionAsync(messageBus, testCollection, testCases, cancellationTokenSource);
            }
            finally
            {
                _own.Release();
            }
        }

        // Whose laws hold in real time: that they are broken says nothing where something else has the processors.
        private static bool IsOfTheWholeMachine(ITestCollection collection) => collection.DisplayName == "RealNetworks";
    }

    /// <summary>Room on this machine: a file a place, which whoever has it keeps locked. A process that dies gives up its own.</summary>
    private static class Places
    {
        // Half of the time a test waits, for other programs or for time on the wire.
        public static readonly int Count = 2 * Environment.ProcessorCount;

        private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"netlab-tests-{Environment.UserName}");

        private static readonly string[] All = [.. Enumerable.Range(0, Count).Select(i => Path.Combine(Folder, $"place-{i}"))];

        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

        // No class takes nearly as long: a run that stands still must not stop others.
        private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

        /// <summary>Waits for places, which are given back when the result is disposed of.</summary>
        public static async Task<IDisposable> TakeAsync(int count, CancellationToken cancellationToken)
        {
            var taken = new Taken();
            try
            {
                // Whoever wants all of them keeps the door, and nobody else comes in meanwhile.
                using FileStream? door = await LockAsync([Path.Combine(Folder, "door")], cancellationToken);
                for (int i = 0; i < count; i++)
                {
                    if (await LockAsync(count == 1 ? All : [All[i]], cancellationToken) is { } file)
                    {
                        taken.Files.Add(file);
                    }
                }

                return taken;
            }
            catch
            {
                taken.Dispose();
                throw;
            }
        }

        // One of these, whichever is free first; null when none is for too long.
        private static async Task<FileStream?> LockAsync(string[] paths, CancellationToken cancellationToken)
        {
            for (long began = Environment.TickCount64; Environment.TickCount64 - began < Patience.TotalMilliseconds;)
            {
                // Whoever tidies up the place for temporary files may have taken it away.
                Directory.CreateDirectory(Folder);
                foreach (string path in paths)
                {
                    try
                    {
                        return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                    }
                    catch (IOException) when (File.Exists(path))
                    {
                        // Somebody has it.
                    }
                }

                await Task.Delay(Pause, cancellationToken);
            }

            return null;
        }

        private sealed class Taken : IDisposable
        {
            public List<FileStream> Files { get; } = [];

            public void Dispose() => Files.ForEach(f => f.Dispose());
        }
    }
}
