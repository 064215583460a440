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
        protected override async Task<RunSummary> RunTestCollectionAsync(
            IMessageBus messageBus, ITestCollection testCollection, IEnumerable<IXunitTestCase> testCases, CancellationTokenSource cancellationTokenSource)
        {
            using IDisposable place = await Places.TakeAsync(cancellationTokenSource.Token);
            return await base.RunTestCollectionAsync(messageBus, testCollection, testCases, cancellationTokenSource);
        }
    }

    /// <summary>Room on this machine: a file a place, which whoever has it keeps locked. A process that dies gives up its own.</summary>
    private static class Places
    {
        // Half of the time a test waits, for other programs or for time on the wire.
        private static readonly int Count = 2 * Environment.ProcessorCount;

        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

        // Of this process no more look for a place than there are.
        private static readonly SemaphoreSlim Looking = new(Count);

        public static async Task<IDisposable> TakeAsync(CancellationToken cancellationToken)
        {
            await Looking.WaitAsync(cancellationToken);
            try
            {
                string folder = Path.Combine(Path.GetTempPath(), $"netlab-tests-{Environment.UserName}");
                Directory.CreateDirectory(folder);
                while (true)
                {
                    for (int i = 0; i < Count; i++)
                    {
                        if (TryLock(Path.Combine(folder, $"place-{i}")) is { } file)
                        {
                            return new Place(file);
                        }
                    }

                    await Task.Delay(Pause, cancellationToken);
                }
            }
            catch
            {
                Looking.Release();
                throw;
            }
        }

        private static FileStream? TryLock(string path)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Somebody has it.
                return null;
            }
        }

        private sealed class Place(FileStream file) : IDisposable
        {
            public void Dispose()
            {
                file.Dispose();
                Looking.Release();
            }
        }
    }
}
