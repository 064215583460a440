using NetLab.Host.Commands;

namespace NetLab.Host.Streams;

/// <summary>Standard input to a peer and the peer to standard output, until the peer is done.</summary>
internal static class StreamConversation
{
    /// <summary>Runs the conversation and closes the stream.</summary>
    public static async Task<int> RunAsync(LabStream stream, CancellationToken cancellationToken)
    {
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                Task speaking = SpeakAsync(stream, cancellationToken);
                Task listening = ListenAsync(stream, cancellationToken);

                // The peer's end is the end, as with ncat; ours is only a half-close. An error on either side is one.
                if (await Task.WhenAny(speaking, listening).ConfigureAwait(false) == speaking)
                {
                    await speaking.ConfigureAwait(false);
                }

                await listening.ConfigureAwait(false);
                return ExitCode.Done;
            }
            catch
            {
                stream.Abort();
                throw;
            }
        }
    }

    private static async Task SpeakAsync(LabStream stream, CancellationToken cancellationToken)
    {
        // Console reads cannot be cancelled; on a thread of the pool they hold up nobody but themselves.
        Stream input = Console.OpenStandardInput();
        await using (input.ConfigureAwait(false))
        {
            byte[] buffer = new byte[16 << 10];
            int read;
            while ((read = await Task.Run(() => input.Read(buffer), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false)) > 0)
            {
                if ((await stream.Output.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false)).IsCompleted)
                {
                    return;
                }
            }

            await stream.Output.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static async Task ListenAsync(LabStream stream, CancellationToken cancellationToken)
    {
        Stream output = Console.OpenStandardOutput();
        await using (output.ConfigureAwait(false))
        {
            await stream.Input.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
        }
    }
}
