using NetLab.Host.Settings;

namespace NetLab.Host.Streams;

/// <summary>Standard input to a peer and the peer to standard output, until the peer is done.</summary>
internal sealed class StreamConversation
{
    // A program that has more to say may wait for a processor or a disk; a person sees that the peer has gone.
    private static readonly TimeSpan ProgramPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TerminalPatience = TimeSpan.FromSeconds(1);

    private volatile bool _isReading;
    private long _pieces;

    private StreamConversation()
    {
    }

    /// <summary>Runs the conversation and closes the stream.</summary>
    public static Task<int> RunAsync(LabStream stream, CancellationToken cancellationToken) =>
        new StreamConversation().ConverseAsync(stream, cancellationToken);

    private async Task<int> ConverseAsync(LabStream stream, CancellationToken cancellationToken)
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
                await FinishSpeakingAsync(speaking).ConfigureAwait(false);

                // What the peer does not have is not done: a link that fails now makes an error, and no good end.
                await stream.WaitForAcknowledgedAsync(cancellationToken).ConfigureAwait(false);
                return ExitCode.Done;
            }
            catch
            {
                stream.Abort();
                throw;
            }
        }
    }

    // The peer's FIN says that it has no more to say, not that it no longer listens: what waits in our input is still
    // sent. Input that gives nothing for a while, such as an idle terminal, does not keep the conversation open.
    private async Task FinishSpeakingAsync(Task speaking)
    {
        long before = -1;
        while (!speaking.IsCompleted && (!_isReading || _pieces != before))
        {
            before = _pieces;
            await Task.WhenAny(speaking, Task.Delay(Console.IsInputRedirected ? ProgramPatience : TerminalPatience)).ConfigureAwait(false);
        }

        if (speaking.IsCompleted)
        {
            await speaking.ConfigureAwait(false);
        }
    }

    private async Task SpeakAsync(LabStream stream, CancellationToken cancellationToken)
    {
        // Console reads cannot be cancelled; on a thread of the pool they hold up nobody but themselves.
        Stream input = Console.OpenStandardInput();
        await using (input.ConfigureAwait(false))
        {
            byte[] buffer = new byte[16 << 10];
            while (true)
            {
                _isReading = true;
                int read = await Task.Run(() => input.Read(buffer), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
                _isReading = false;
                if (read == 0)
                {
                    break;
                }

                _pieces++;
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
        Stream output = StandardOutput.Open();
        await using (output.ConfigureAwait(false))
        {
            await stream.Input.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
        }
    }
}
