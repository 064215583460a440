using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace NetLab.Host.Streams;

/// <summary>Standard input read on a thread of its own, piece by piece, for a loop that must not block on it.</summary>
internal sealed class StandardInput : IDisposable
{
    // Pieces read ahead: typed input is slower than any network, a file must not fill memory.
    private readonly BlockingCollection<byte[]> _pieces = new(boundedCapacity: 64);
    private readonly Action _wake;
    private volatile bool _stopped;

    /// <param name="maxPiece">Bytes a piece at most.</param>
    /// <param name="wake">Called when a piece was added or the input ended.</param>
    public StandardInput(int maxPiece, Action wake)
    {
        _wake = wake;
        new Thread(() => Read(maxPiece)) { IsBackground = true, Name = "standard input" }.Start();
    }

    /// <summary>Whether everything has been read and taken.</summary>
    public bool IsEnded => _pieces.IsCompleted;

    /// <summary>Takes the next piece, if one is there.</summary>
    public bool TryTake([NotNullWhen(true)] out byte[]? piece) => _pieces.TryTake(out piece);

    /// <inheritdoc/>
    public void Dispose() => _stopped = true;

    private void Read(int maxPiece)
    {
        using Stream input = Console.OpenStandardInput();
        byte[] buffer = new byte[maxPiece];
        int read;
        while (!_stopped && (read = input.Read(buffer)) > 0)
        {
            _pieces.Add(buffer[..read]);
            _wake();
        }

        _pieces.CompleteAdding();
        _wake();
    }
}
