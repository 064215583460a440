using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests;

/// <summary>TLS spoken by the framework's own implementation, recorded, and decrypted with the secrets it logs.</summary>
public sealed class TlsDecryptionTests
{
    private const string Request = "GET /secret HTTP/1.1\r\nHost: lab.example\r\n\r\n";
    private const string Response = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhidden";

    private static readonly string KeyLog = Path.Combine(Directory.CreateTempSubdirectory("nlab-keys-").FullName, "keys.log");

    static TlsDecryptionTests()
    {
        // The framework writes the NSS Key Log Format on Linux when it is told so before the first connection.
        AppContext.SetSwitch("System.Net.EnableSslKeyLogging", true);
        Environment.SetEnvironmentVariable("SSLKEYLOGFILE", KeyLog);
    }

    [LinuxTheory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task With_the_secrets_what_was_said_can_be_read(SslProtocols version)
    {
        List<(bool FromClient, byte[] Bytes)> wire = await Converse(version);
        Assert.DoesNotContain(wire, w => Encoding.ASCII.GetString(w.Bytes).Contains("secret", StringComparison.Ordinal));
        List<string> without = Decode(wire, keyLog: null);
        Assert.DoesNotContain(without, f => f.StartsWith("http.", StringComparison.Ordinal));
        Assert.Contains("tls.sni=lab.example", without);
        List<string> with = Decode(wire, ReadKeyLog());
        Assert.Contains("http.uri=/secret", with);
        Assert.Contains("http.status=200", with);
        Assert.Contains("http.body_bytes=6", with);
    }

    [LinuxTheory]
    [InlineData(SslProtocols.Tls13)]
    public async Task With_the_secrets_of_another_connection_nothing_is_read_and_nothing_breaks(SslProtocols version)
    {
        List<(bool FromClient, byte[] Bytes)> wire = await Converse(version);
        string[] lines = ReadKeyLog().Split('\n').Select(l => l.Split(' ') is [var label, var random, var secret] ? $"{label} {random} {secret[2..]}00" : l).ToArray();
        Assert.DoesNotContain(Decode(wire, string.Join('\n', lines)), f => f.StartsWith("http.", StringComparison.Ordinal));
    }

    private static string ReadKeyLog()
    {
        using var reader = new StreamReader(new FileStream(KeyLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    private static List<string> Decode(List<(bool FromClient, byte[] Bytes)> wire, string? keyLog)
    {
        var decoder = new PacketDecoder();
        if (keyLog is not null)
        {
            decoder.AddKeyLog(keyLog);
        }

        var decoded = new DecodedPacket();
        var fields = new FieldList();
        var ends = (Client: new IPEndPoint(IPAddress.Loopback, 40_000), Server: new IPEndPoint(IPAddress.Loopback, 443));
        var source = new CaptureInterface(1, 0);
        (uint client, uint server) = (1000, 5000);
        foreach ((bool fromClient, byte[] bytes) in wire)
        {
            // Written in pieces, so that records span segments.
            foreach (byte[] piece in bytes.Chunk(900))
            {
                byte[] segment = Segment(fromClient ? (40_000, 443) : (443, 40_000), fromClient ? client : server, piece);
                byte[] frame = PacketBuilder.Tcp(fromClient ? ends.Client : ends.Server, fromClient ? ends.Server : ends.Client, segment, fromClient);
                decoder.Decode(new CapturedPacket(1, source, 0, frame.Length, frame), decoded);
                PacketDecoder.Describe(frame, decoded, fields);
                (client, server) = fromClient ? (client + (uint)piece.Length, server) : (client, server + (uint)piece.Length);
            }
        }

        Assert.Contains("tls", decoder.TcpStreams.Single().Applications);
        return [.. fields.All.Select(f => $"{f.Name}={f.Value}")];
    }

    private static byte[] Segment((int From, int To) ports, uint sequence, byte[] payload) =>
    [
        (byte)(ports.From >> 8), (byte)ports.From, (byte)(ports.To >> 8), (byte)ports.To,
        (byte)(sequence >> 24), (byte)(sequence >> 16), (byte)(sequence >> 8), (byte)sequence,
        0, 0, 0, 1, 0x50, 0x18, 0xFF, 0xFF, 0, 0, 0, 0, .. payload,
    ];

    private static async Task<List<(bool FromClient, byte[] Bytes)>> Converse(SslProtocols version)
    {
        var wire = new List<(bool, byte[])>();
        (var up, var down) = (new Pipe(), new Pipe());
        await using var client = new SslStream(new RecordingStream(down.Reader.AsStream(), up.Writer.AsStream(), b => Note(true, b)));
        await using var server = new SslStream(new RecordingStream(up.Reader.AsStream(), down.Writer.AsStream(), b => Note(false, b)));
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=lab.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Task serving = server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = version });
        await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "lab.example",
            EnabledSslProtocols = version,
            RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == certificate.GetCertHashString(),
        });
        await serving;
        await client.WriteAsync(Encoding.ASCII.GetBytes(Request));
        await server.ReadExactlyAsync(new byte[Request.Length]);
        await server.WriteAsync(Encoding.ASCII.GetBytes(Response));
        await client.ReadExactlyAsync(new byte[Response.Length]);
        return wire;

        void Note(bool fromClient, byte[] bytes)
        {
            lock (wire)
            {
                wire.Add((fromClient, bytes));
            }
        }
    }

    private sealed class RecordingStream(Stream input, Stream output, Action<byte[]> note) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count)
        {
            note(buffer[offset..(offset + count)]);
            output.Write(buffer, offset, count);
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            note(buffer.ToArray());
            await output.WriteAsync(buffer, cancellationToken);
            await output.FlushAsync(cancellationToken);
        }

        public override void Flush() => output.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
