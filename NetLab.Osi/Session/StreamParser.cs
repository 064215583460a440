using NetLab.Osi.Protocols;

namespace NetLab.Osi.Session;

/// <summary>Takes one direction of a stream apart, message by message, resumable at every byte.</summary>
public abstract class StreamParser
{
    /// <summary>What <see cref="Parse"/> returns when the bytes are not of its protocol, and nothing more will be.</summary>
    public const int NotMine = -1;

    /// <summary>The protocol, shown on packets that bring only parts.</summary>
    public abstract Protocol Protocol { get; }

    /// <summary>Whether it holds back bytes of its own, so that it is of no use when they are given up.</summary>
    public virtual bool HoldsBytes => false;

    /// <summary>Takes bytes in order.</summary>
    /// <param name="segment">The segment that brought the last of them.</param>
    /// <param name="bytes">They, from the first that was not taken before.</param>
    /// <returns>How many were taken: what is left is given again with more behind it; or <see cref="NotMine"/>.</returns>
    public abstract int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes);

    /// <summary>Lets go of what it remembers beyond the bytes that it was not able to take.</summary>
    public virtual void GiveUp()
    {
    }

    /// <summary>Bytes are missing behind those that it took; what it was not able to take is gone as well.</summary>
    /// <param name="segment">The segment that showed that they are missing.</param>
    /// <param name="missing">How many.</param>
    /// <returns>False if it cannot go on, and a new parser shall look for the next message.</returns>
    public virtual bool Skip(in StreamSegment segment, long missing) => false;

    /// <summary>The capture cut the segment off: what comes behind the bytes that it was not able to take is missing.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="bytes">What is there of the message that it waits for; empty when it took all.</param>
    public virtual void OnCut(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
    }

    /// <summary>The direction ended in order.</summary>
    public virtual void OnEnd(in StreamSegment segment)
    {
    }
}
