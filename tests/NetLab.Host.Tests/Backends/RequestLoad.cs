using System.Net;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Tests.Backends;

/// <summary>Clients that ask an http service without end, each on a new connection.</summary>
internal sealed class RequestLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _asking;
    private int _answered;
    private int _failed;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RequestLoad(string address, int workers) => _asking = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => AskAsync(LabAddress.Parse(address))));

    public int Answered => Volatile.Read(ref _answered);

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Waits until so many were answered.</summary>
    public async Task UntilAsync(int answered)
    {
        using var late = new CancellationTokenSource(Patience);
        while (Answered < answered)
        {
            Task more = Volatile.Read(ref _more).Task;
            if (Answered < answered)
            {
                await more.WaitAsync(late.Token);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _asking;
        _stopping.Dispose();
    }

    private async Task AskAsync(LabAddress address)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var client = new HttpClient(new SocketsHttpHandler
                {
                    ConnectCallback = async (_, cancel) => (await StreamConnector.ConnectAsync(address, new StreamOptions(Patience, false), cancel)).AsStream(),
                });
                using HttpResponseMessage response = await client.GetAsync(new Uri($"http://127.0.0.1:{address.Port}/services"), _stopping.Token);
                Interlocked.Increment(ref response.StatusCode == HttpStatusCode.OK ? ref _answered : ref _failed);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                Interlocked.Increment(ref _failed);
            }

            Interlocked.Exchange(ref _more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }
}
