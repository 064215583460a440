using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NetLab.Host.Services;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Tests.Services;

/// <summary>No service ends in silence: the lab ends with it, or starts it again.</summary>
public sealed class ServiceEndTests
{
    [Fact]
    public async Task A_service_that_fails_ends_the_lab_and_says_why()
    {
        var kind = new EndingService();
        await using var lab = new Lab(kind, """{ "Kind": "ending", "Restart": false }""");
        await lab.StartAsync();
        kind.Fail("the disk is full");
        await lab.Stopping.WaitAsync(Patience);
        Assert.Contains("ending-tcp tcp://127.0.0.1:9: the disk is full", lab.Services.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_with_restart_is_started_again_and_says_so()
    {
        var kind = new EndingService();
        await using var lab = new Lab(kind, """{ "Kind": "ending", "Restart": true }""");
        await lab.StartAsync();
        IAsyncEnumerator<LabEvent> events = lab.Services.Events.ListenAsync(1, CancellationToken.None).GetAsyncEnumerator();

        // The first start fails, too.
        kind.IsBlocked = true;
        kind.Fail("the disk is full");
        Assert.Equal(("failed", "/services/ending-tcp", "the disk is full"), await NextAsync());
        Assert.Equal(("stopped", "/services/ending-tcp", null), await NextAsync());
        Assert.Equal("the disk is full", lab.Services.Find("ending-tcp")!.Failure);
        kind.IsBlocked = false;
        Assert.Equal(("started", "/services/ending-tcp", "tcp://127.0.0.1:9"), await NextAsync());
        LabService service = lab.Services.Find("ending-tcp")!;
        Assert.NotNull(service.Running);
        Assert.Null(service.Failure);
        Assert.False(lab.Stopping.IsCompleted);
        await events.DisposeAsync();

        async Task<(string Kind, string Subject, string? Detail)> NextAsync()
        {
            Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(Patience));
            return (events.Current.Kind, events.Current.Subject, events.Current.Detail);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_that_dies_under_a_service_is_noticed(bool restarts)
    {
        var loggers = new FailingLoggers();
        await using var lab = new Lab(new EndingService(), $$"""{ "Kind": "echo", "Restart": {{(restarts ? "true" : "false")}} }""", loggers);
        await lab.StartAsync();
        var streams = new StreamOptions(TimeSpan.FromSeconds(5), AllowRemote: false);
        LabAddress first = lab.Services.All[0].Running!.BoundAddress;
        loggers.IsArmed = true;
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await using LabStream client = await StreamConnector.ConnectAsync(first, streams, CancellationToken.None);
            await client.Output.WriteAsync("x"u8.ToArray());
            Assert.NotEmpty(await Forwarding.ForwardLab.ReadAllAsync(client.Input));
        });
        if (!restarts)
        {
            await lab.Stopping.WaitAsync(Patience);
            Assert.Contains("the log is full", lab.Services.Failure, StringComparison.Ordinal);
            return;
        }

        await foreach (LabEvent happened in lab.Services.Events.ListenAsync(1, CancellationToken.None))
        {
            if (happened.Kind == "started")
            {
                break;
            }
        }

        await using LabStream again = await StreamConnector.ConnectAsync(lab.Services.All[0].Running!.BoundAddress, streams, CancellationToken.None);
        await again.Output.WriteAsync("still there"u8.ToArray());
        await again.Output.CompleteAsync();
        Assert.Equal("still there"u8.ToArray(), await Forwarding.ForwardLab.ReadAllAsync(again.Input).WaitAsync(Patience));
        Assert.Equal(1, lab.Services.All[0].Restarts);
    }

    private sealed class Lab : IHostApplicationLifetime, IAsyncDisposable
    {
        private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Lab(EndingService kind, string service, ILoggerFactory? loggers = null)
        {
            var node = System.Text.Json.Nodes.JsonNode.Parse(service)!;
            string name = (string)node["Kind"]!;
            var options = new LabOptions();
            options.Services.Add(new ServiceOptions { Kind = name, Address = name == "ending" ? "tcp://127.0.0.1:9" : "tcp://127.0.0.1:0", Restart = (bool)node["Restart"]! });
            Services = new LabServices(options, new ServiceFactories([.. ServiceFactories.Standard, kind]), null, null, this, loggers ?? NullLoggerFactory.Instance);
        }

        public LabServices Services { get; }

        public Task Stopping => _stopping.Task;

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.TrySetResult();

        public Task StartAsync() => Services.StartAsync(CancellationToken.None);

        public async ValueTask DisposeAsync()
        {
            await Services.StopAsync(CancellationToken.None);
            await Services.DisposeAsync();
        }
    }
}
