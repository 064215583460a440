using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Http2;

/// <summary>The body of one direction of a stream, as it comes in DATA frames.</summary>
internal abstract class Http2Body
{
    /// <summary>Bytes that it keeps.</summary>
    public abstract long Kept { get; }

    /// <summary>More of it.</summary>
    public abstract void Append(in StreamSegment segment, ReadOnlySpan<byte> bytes);

    /// <summary>It has ended.</summary>
    public virtual void End(in StreamSegment segment)
    {
    }
}
