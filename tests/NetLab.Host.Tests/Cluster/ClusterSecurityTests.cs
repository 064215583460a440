using System.Diagnostics;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NetLab.Cluster.Security;

namespace NetLab.Host.Tests.Cluster;

/// <summary>Nobody comes in without the secret, and nobody listens beyond loopback without one.</summary>
[Collection(nameof(ClusterTests))]
public sealed class ClusterSecurityTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-secret-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("the same for all of them", "the same for all of them", true)]
    [InlineData("the same for all of them", "another that is as long.", false)]
    public async Task Both_ends_prove_that_they_have_the_secret(string connecting, string accepting, bool isKnown)
    {
        var there = new Pipe();
        var back = new Pipe();
        var connect = new SecretHandshake(Encoding.UTF8.GetBytes(connecting), new ConnectionFaults());
        var accept = new SecretHandshake(Encoding.UTF8.GetBytes(accepting), new ConnectionFaults());
        Task<bool> one = Then(connect.ConnectAsync(new Ends(back.Reader, there.Writer), CancellationToken.None), there.Writer);
        Task<bool> other = Then(accept.AcceptAsync(new Ends(there.Reader, back.Writer), CancellationToken.None), back.Writer);
        Assert.Equal((isKnown, isKnown), (await one, await other));
    }

    [Fact]
    public async Task A_proof_that_is_sent_back_is_none()
    {
        // Whoever has no secret may ask the one end for a proof and show it to the other, or to the same.
        var there = new Pipe();
        var back = new Pipe();
        var handshake = new SecretHandshake("the same for all of them"u8.ToArray(), new ConnectionFaults());
        Task<bool> accepting = handshake.AcceptAsync(new Ends(there.Reader, back.Writer), CancellationToken.None);
        await there.Writer.WriteAsync((byte[])[.. "NLABNODE"u8, .. new byte[32]]);
        ReadResult answer = await back.Reader.ReadAtLeastAsync(64);
        await there.Writer.WriteAsync(System.Buffers.BuffersExtensions.ToArray(answer.Buffer.Slice(32, 32)));
        Assert.False(await accepting);
    }

    [Fact]
    public async Task A_node_and_a_command_without_the_secret_are_refused_in_a_line()
    {
        string secret = FileOf("the same for all of them");
        using var lab = new ClusterLab(null, "--secret-file", secret);
        await lab.StartNode();
        foreach (string[] words in (string[][])[["--secret-file", FileOf("another that is as long.")], []])
        {
            Nlab.Ended command = await Nlab.Run(["on", lab.Name, "mesh", .. words]);
            Assert.Equal(1, command.ExitCode);
            Assert.Single(command.Errors.TrimEnd().Split('\n'));
            Assert.StartsWith($"nlab: {lab.Name}: ", command.Errors, StringComparison.Ordinal);
            if (words.Length > 0)
            {
                Assert.Contains("secret", command.Errors, StringComparison.Ordinal);
            }
        }

        Nlab.Ended node = await Nlab.Run("node", "--join", lab.Name, "--port", $"{Ports.Free()}", "--secret-file", FileOf("another that is as long."));
        Assert.Equal((1, $"nlab: {lab.Name}: it has not the same secret, or none\n"), (node.ExitCode, node.Errors));

        // Those that have it are let in.
        Nlab.Ended known = await lab.On("mesh");
        Assert.Equal((1, $"{lab.Name} coordinates\nnlab: a mesh needs two nodes, and there is one\n"), (known.ExitCode, known.Errors));
    }

    [Theory]
    [InlineData("node --address 192.0.2.1 --join redis://192.0.2.2:6379", "--secret-file")]
    [InlineData("node --address 192.0.2.1 --secret-file {secret}", "redis://")]
    [InlineData("node --address 0.0.0.0", "0.0.0.0")]
    [InlineData("node --address here", "here")]
    [InlineData("node --port 0", "--port '0'")]
    [InlineData("node --join 192.0.2.1:11111", "192.0.2.1:11111")]
    [InlineData("node --join mysql://a:b@h/d", "mysql://a@h/d")]
    [InlineData("node --join postgres://a:hidden@h", "names no database")]
    [InlineData("node --join redis://h:6379/3", "/3")]
    [InlineData("node --certificate {secret}", "--ca")]
    [InlineData("node --certificate {secret} --ca {secret}", "--certificate")]
    [InlineData("node --secret-file {secret} --certificate {secret} --ca {secret}", "one of the two")]
    [InlineData("node --secret-file nowhere", "nowhere")]
    [InlineData("node --secret-file {short}", "16 bytes")]
    [InlineData("on 127.0.0.1 mesh", "127.0.0.1")]
    [InlineData("on 127.0.0.1:11111 mesh --transport tcp,carrier-pigeon", "carrier-pigeon")]
    [InlineData("on 127.0.0.1:11111 mesh --transport tcp,tcp", "tcp,tcp")]
    [InlineData("on 127.0.0.1:11111 mesh --time soon", "soon")]
    [InlineData("on 127.0.0.1:11111 mesh --schedule 1ms", "1ms")]
    [InlineData("on 127.0.0.1:11111 decode nowhere --parquet x", "nowhere")]
    [InlineData("on 127.0.0.1:11111 decode {folder} --parquet x", "no capture")]
    [InlineData("on 127.0.0.1:11111 decode {capture} --parquet {capture}", "is a file")]
    [InlineData("on 127.0.0.1:11111 decode {capture} --parquet x --shards 0", "--shards '0'")]
    [InlineData("on 127.0.0.1:11111 decode {capture} --parquet x --filter tcp.prot", "tcp.port")]
    public async Task What_is_wrong_is_one_line(string line, string word)
    {
        string capture = Path.Combine(AppContext.BaseDirectory, "lost-segments.pcapng");
        Nlab.Ended ended = await Nlab.Run([.. line.Split(' ').Select(w => w
            .Replace("{secret}", FileOf("the same for all of them")).Replace("{short}", FileOf("short"))
            .Replace("{folder}", _folder.CreateSubdirectory("empty").FullName).Replace("{capture}", capture))]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Single(ended.Errors.TrimEnd().Split('\n'));
        Assert.StartsWith("nlab: ", ended.Errors, StringComparison.Ordinal);
        Assert.Contains(word, ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", ended.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:1")]
    [InlineData("redis://127.0.0.1:1")]
    [InlineData("postgres://nobody@127.0.0.1:1/nothing")]
    public async Task A_cluster_that_is_not_there_is_said_within_seconds(string cluster)
    {
        var time = Stopwatch.StartNew();
        Nlab.Ended ended = await Nlab.Run("on", cluster, "mesh");
        Assert.Equal(1, ended.ExitCode);
        Assert.Single(ended.Errors.TrimEnd().Split('\n'));
        Assert.StartsWith($"nlab: {cluster}: ", ended.Errors, StringComparison.Ordinal);
        Assert.InRange(time.Elapsed.TotalSeconds, 0, 20);
    }

    [Fact]
    public async Task Certificates_of_the_authority_are_let_in_and_no_others()
    {
        (string authority, string certificate) = Certificates("ours");
        (_, string stranger) = Certificates("theirs");
        using var lab = new ClusterLab(null, "--certificate", certificate, "--ca", authority);
        await lab.StartNode();
        await lab.StartNode();
        Nlab.Ended known = await lab.On("mesh", "--transport", "kernel-tcp", "--time", "100ms");
        Assert.True(known.ExitCode == 0, known.Errors);
        foreach (string[] words in (string[][])[["--certificate", stranger, "--ca", authority], []])
        {
            Nlab.Ended other = await Nlab.Run(["on", lab.Name, "mesh", .. words]);
            Assert.Equal(1, other.ExitCode);
            Assert.Single(other.Errors.TrimEnd().Split('\n'));
        }
    }

    private (string Authority, string Certificate) Certificates(string name)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest($"CN={name}", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 root = authority.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 signed = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256).Create(root, now.AddHours(-1), now.AddMinutes(50), [1, 2, 3]);
        return (FileOf(root.ExportCertificatePem()), FileOf(signed.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem()));
    }

    private static async Task<bool> Then(Task<bool> handshake, PipeWriter writer)
    {
        bool isKnown = await handshake;
        await writer.CompleteAsync();
        return isKnown;
    }

    private string FileOf(string text)
    {
        string path = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}");
        File.WriteAllText(path, text);
        return path;
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
