using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Transport;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>One thread does all there is to do, in the order in which it was asked for; whatever ends it, nobody who waits is forgotten.</summary>
public sealed class EndpointLoopTests
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Commands_run_one_after_the_other_on_the_loop_and_what_was_posted_before_the_end_is_run()
    {
        EndpointLoop loop = Start();
        var order = new List<int>();
        bool allOnLoop = true;
        for (int i = 0; i < 100; i++)
        {
            int number = i;
            Assert.True(loop.TryPost(() =>
            {
                allOnLoop &= loop.IsCurrent;
                order.Add(number);
            }));
        }

        loop.Close();
        await loop.Completion.WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, 100), order);
        Assert.True(allOnLoop && !loop.IsCurrent && loop.HasEnded);
        Assert.False(loop.TryPost(() => order.Clear()));
        Assert.Equal(100, order.Count);
    }

    [Fact]
    public async Task A_command_may_post_another_which_runs_before_the_loop_sleeps()
    {
        EndpointLoop loop = Start();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.TryPost(() => loop.TryPost(() => loop.TryPost(done.SetResult)));
        await done.Task.WaitAsync(Patience);
        loop.Close();
        await loop.Completion.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_command_that_throws_ends_the_loop_and_those_behind_it_are_run_all_the_same()
    {
        EndpointLoop loop = Start();
        Channel<TcpConnection> accepted = Channel.CreateUnbounded<TcpConnection>();
        loop.Listen(null, 1, accepted.Writer, null);
        var behind = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.TryPost(() =>
        {
            loop.TryPost(behind.SetResult);
            throw new InvalidOperationException("a fault of its own");
        });
        await behind.Task.WaitAsync(Patience);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => loop.Completion.WaitAsync(Patience));
        Assert.Equal("a fault of its own", failure.Message);
        var told = await Assert.ThrowsAsync<IOException>(() => accepted.Reader.Completion.WaitAsync(Patience));
        Assert.Same(failure, told.InnerException);
    }

    [Fact]
    public async Task There_is_one_listener_at_a_time_and_none_behind_the_end()
    {
        EndpointLoop loop = Start();
        Channel<TcpConnection> first = Channel.CreateUnbounded<TcpConnection>();
        loop.Listen(null, 1, first.Writer, null);
        Assert.Throws<InvalidOperationException>(() => loop.Listen(null, 1, Channel.CreateUnbounded<TcpConnection>().Writer, null));
        loop.StopListening(first.Writer);
        Channel<TcpConnection> second = Channel.CreateUnbounded<TcpConnection>();
        loop.Listen(null, 1, second.Writer, null);
        loop.Close();
        await loop.Completion.WaitAsync(Patience);
        await second.Reader.Completion.WaitAsync(Patience);
        Assert.Throws<ObjectDisposedException>(() => loop.Listen(null, 1, Channel.CreateUnbounded<TcpConnection>().Writer, null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_socket_goes_with_the_loop_unless_it_is_to_stay(bool keepsSocket)
    {
        EndpointLoop loop = Start(keepsSocket);
        loop.Close();
        await loop.Completion.WaitAsync(Patience);
        if (keepsSocket)
        {
            Assert.Throws<SocketException>(() => DatagramSocket.Bind(loop.LocalEndPoint).Dispose());
        }

        // Once it is closed, whoever closed it, to close it again does no harm.
        loop.CloseSocket();
        loop.CloseSocket();
    }

    private static EndpointLoop Start(bool keepsSocket = false) => new(new UdpCarrier(DatagramSocket.Bind(Anywhere), null), new TcpEndpointOptions(), keepsSocket);
}
