using NetLab.Host.Services;
using NetLab.Host.Settings;

namespace NetLab.Host.Tests.Services;

/// <summary>A kind of service whose end the test brings about.</summary>
internal sealed class EndingService : IServiceFactory
{
    private readonly List<TaskCompletionSource> _made = [];

    public IReadOnlyList<string> Kinds { get; } = ["ending"];

    /// <summary>Whether the next ones fail to start.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>Ends the one that was started last.</summary>
    public void Fail(string why) => _made[^1].SetException(new IOException(why));

    public void Validate(ServiceDefinition definition) => definition.ParseAddress();

    public Task<IBoundService> CreateAsync(ServiceDefinition definition, ServiceContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IBoundService>(new Service(this, definition.ParseAddress()));

    private sealed class Service(EndingService kind, LabAddress address) : IBoundService
    {
        private readonly TaskCompletionSource _completion = new();

        public LabAddress BoundAddress => address;

        public Task Completion => _completion.Task;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (kind.IsBlocked)
            {
                throw new UsageException("the port is taken");
            }

            kind._made.Add(_completion);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            _completion.TrySetResult();
            return Task.CompletedTask;
        }

        public void Dispose()
        {
        }
    }
}
