namespace NetLab.Host.Tests.Forwarding;

/// <summary>An address whose UDP port is not its TCP port.</summary>
public sealed class SeparatePortVerbTests
{
    [Fact]
    public async Task Bytes_pass_and_the_address_says_both_ports()
    {
        int port = Ports.Free();
        string address = $"tcp://127.0.0.1:80?udp={port}&checksum=any";
        using Nlab server = Nlab.Start(null, "listen", address);
        Assert.Equal(address, await server.Listening());
        server.Input.Close();
        using Nlab client = Nlab.Start(null, "connect", address);
        await client.Input.WriteAsync("hello");
        client.Input.Close();
        Nlab.Ended ended = await server.End();
        Assert.Equal((0, "hello"), (ended.ExitCode, ended.Output));
        Assert.Equal(0, (await client.End()).ExitCode);
    }
}
