using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;

namespace NetLab.Cluster.Security;

/// <summary>
/// What both ends of a connection do before Orleans says a word: each proves that it has the secret, by an HMAC over numbers of both.
/// It keeps out whoever does not have it; it encrypts nothing, and what follows on the connection is as open as before.
/// </summary>
/// <remarks>
/// The connecting end sends <c>NLABNODE</c> and 32 random bytes. The accepting end answers with 32 of its own and
/// HMAC-SHA256(secret, "accept" + both); the connecting end, satisfied, with HMAC-SHA256(secret, "connect" + both). The words keep
/// one end's proof from being sent back as the other's; fresh numbers keep an old one from being sent again.
/// </remarks>
internal sealed class SecretHandshake
{
    private const int NonceSize = 32;

    // A peer that says nothing holds a connection no longer than that.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly byte[] _secret;
    private readonly ConnectionFaults _faults;

    /// <param name="secret">The secret.</param>
    /// <param name="faults">Told why a connection was refused.</param>
    public SecretHandshake(byte[] secret, ConnectionFaults faults) => (_secret, _faults) = (secret, faults);

    private static ReadOnlySpan<byte> Mark => "NLABNODE"u8;

    /// <summary>The connecting end, as a step of a connection.</summary>
    public ConnectionDelegate Connect(ConnectionDelegate next) => Step(next, ConnectAsync, "it has not the same secret, or none");

    /// <summary>The accepting end, as a step of a connection.</summary>
    public ConnectionDelegate Accept(ConnectionDelegate next) => Step(next, AcceptAsync, "a connection brought another secret, or none");

    /// <summary>Proves and asks for proof, at the connecting end.</summary>
    /// <returns>Whether the other end has the secret.</returns>
    public async Task<bool> ConnectAsync(IDuplexPipe transport, CancellationToken cancellationToken)
    {
        byte[] own = RandomNumberGenerator.GetBytes(NonceSize);
        await transport.Output.WriteAsync((byte[])[.. Mark, .. own], cancellationToken).ConfigureAwait(false);
        if (await ReadAsync(transport.Input, NonceSize + HMACSHA256.HashSizeInBytes, cancellationToken).ConfigureAwait(false) is not { } answer
            || !CryptographicOperations.FixedTimeEquals(answer.AsSpan(NonceSize), Proof("accept"u8, own, answer.AsSpan(0, NonceSize))))
        {
            return false;
        }

        await transport.Output.WriteAsync(Proof("connect"u8, own, answer.AsSpan(0, NonceSize)), cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Proves and asks for proof, at the accepting end.</summary>
    /// <returns>Whether the other end has the secret.</returns>
    public async Task<bool> AcceptAsync(IDuplexPipe transport, CancellationToken cancellationToken)
    {
        if (await ReadAsync(transport.Input, Mark.Length + NonceSize, cancellationToken).ConfigureAwait(false) is not { } hello || !hello.AsSpan().StartsWith(Mark))
        {
            return false;
        }

        byte[] theirs = hello[Mark.Length..];
        byte[] own = RandomNumberGenerator.GetBytes(NonceSize);
        await transport.Output.WriteAsync((byte[])[.. own, .. Proof("accept"u8, theirs, own)], cancellationToken).ConfigureAwait(false);
        return await ReadAsync(transport.Input, HMACSHA256.HashSizeInBytes, cancellationToken).ConfigureAwait(false) is { } proof
            && CryptographicOperations.FixedTimeEquals(proof, Proof("connect"u8, theirs, own));
    }

    // Exactly so many bytes: what follows is Orleans'. Null when the other end closes before.
    private static async Task<byte[]?> ReadAsync(PipeReader input, int count, CancellationToken cancellationToken)
    {
        ReadResult read = await input.ReadAtLeastAsync(count, cancellationToken).ConfigureAwait(false);
        if (read.Buffer.Length < count)
        {
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            return null;
        }

        byte[] bytes = read.Buffer.Slice(0, count).ToArray();
        input.AdvanceTo(read.Buffer.GetPosition(count));
        return bytes;
    }

    private byte[] Proof(ReadOnlySpan<byte> role, ReadOnlySpan<byte> connecting, ReadOnlySpan<byte> accepting) => HMACSHA256.HashData(_secret, (byte[])[.. role, .. connecting, .. accepting]);

    private ConnectionDelegate Step(ConnectionDelegate next, Func<IDuplexPipe, CancellationToken, Task<bool>> handshake, string refusal) => async connection =>
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        late.CancelAfter(Timeout);
        bool isKnown;
        try
        {
            isKnown = await handshake(connection.Transport, late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            isKnown = false;
        }

        if (!isKnown)
        {
            _faults.Add(refusal);
            throw new ConnectionAbortedException(refusal);
        }

        await next(connection).ConfigureAwait(false);
    };
}
