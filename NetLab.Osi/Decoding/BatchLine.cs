namespace NetLab.Osi.Decoding;

/// <summary>
/// Batches on their way: empty, dissected, followed, and empty again. What a thread takes is its own until it puts it back. Packets stay in file order
/// as long as one thread fills batches and one handles them; streams are followed by one thread at a time, whichever it is.
/// </summary>
internal sealed class BatchLine
{
    private readonly object _lock = new();
    private readonly Stack<DecodedBatch> _empty = new();
    private readonly Queue<DecodedBatch> _dissected = new();
    private readonly Queue<DecodedBatch> _followed = new();
    private bool _isFollowing;
    private bool _isFilled;
    private bool _isStopped;

    /// <summary>Makes a line of empty batches.</summary>
    /// <param name="count">How many.</param>
    public BatchLine(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _empty.Push(new DecodedBatch());
        }
    }

    /// <summary>Whether nothing waits to be followed or handled.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _followed.Count == 0 && _dissected.Count == 0;
            }
        }
    }

    /// <summary>Waits for an empty batch, or else for one whose streams are to be followed.</summary>
    /// <returns>The batch; null when the line was stopped.</returns>
    public DecodedBatch? TakeToFill()
    {
        lock (_lock)
        {
            while (!_isStopped)
            {
                if (_empty.TryPop(out DecodedBatch? batch) || TryTakeDissected(out batch))
                {
                    return batch;
                }

                Monitor.Wait(_lock);
            }

            return null;
        }
    }

    /// <summary>Waits for a batch whose streams are to be followed.</summary>
    /// <returns>The batch; null when there will be none any more.</returns>
    public DecodedBatch? TakeToFollow()
    {
        lock (_lock)
        {
            while (!_isStopped && (!_isFilled || _dissected.Count > 0))
            {
                if (TryTakeDissected(out DecodedBatch? batch))
                {
                    return batch;
                }

                Monitor.Wait(_lock);
            }

            return null;
        }
    }

    /// <summary>Waits for the next batch to be handled, or else for one whose streams are to be followed.</summary>
    /// <returns>The batch; null when all were handled, or the line was stopped.</returns>
    public DecodedBatch? TakeToHandle()
    {
        lock (_lock)
        {
            while (!_isStopped)
            {
                if (_followed.TryDequeue(out DecodedBatch? batch) || TryTakeDissected(out batch))
                {
                    return batch;
                }

                if (_isFilled && !_isFollowing)
                {
                    break;
                }

                Monitor.Wait(_lock);
            }

            return null;
        }
    }

    /// <summary>Puts a batch back, to be taken by whoever does its next step.</summary>
    public void Put(DecodedBatch batch)
    {
        lock (_lock)
        {
            switch (batch.Step)
            {
                case BatchStep.Empty:
                    _empty.Push(batch);
                    break;
                case BatchStep.Dissected:
                    _dissected.Enqueue(batch);
                    break;
                default:
                    _isFollowing = false;
                    _followed.Enqueue(batch);
                    break;
            }

            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Says that no more batches will be filled; those that were are still followed and handled.</summary>
    public void EndFilling()
    {
        lock (_lock)
        {
            _isFilled = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Ends all waiting; nothing is taken any more.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            Monitor.PulseAll(_lock);
        }
    }

    private bool TryTakeDissected([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DecodedBatch? batch)
    {
        batch = null;
        return !_isFollowing && (_isFollowing = _dissected.TryDequeue(out batch));
    }
}
