namespace NetLab.Osi.Presentation;

/// <summary>What one content coding gives, as long as the budget lasts.</summary>
/// <param name="decoder">Removes the coding; disposed with this.</param>
/// <param name="budget">The budget.</param>
internal sealed class BudgetedStream(Stream decoder, ContentBudget budget) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int read = decoder.Read(buffer);
        return budget.TrySpend(read) ? read : throw new InvalidDataException("the body becomes too large");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            decoder.Dispose();
        }

        base.Dispose(disposing);
    }
}
