namespace NetLab.Osi.Protocols;

/// <summary>
/// A view of a protocol's header or message: one attempt to read it where it stands, then properties that cannot fail.
/// Views are <c>ref struct</c>s, so that nothing is copied or allocated; a program may add its own.
/// </summary>
/// <typeparam name="TSelf">The view.</typeparam>
public interface IHeaderView<TSelf>
    where TSelf : IHeaderView<TSelf>, allows ref struct
{
    /// <summary>Whether the layers of a protocol are what it reads.</summary>
    /// <param name="protocol">The protocol of a layer of a decoded packet.</param>
    static abstract bool Reads(Protocol protocol);

    /// <summary>Reads the header or message that bytes begin with.</summary>
    /// <param name="bytes">A layer's own bytes, as far as captured; nothing is presumed of them.</param>
    /// <param name="view">The view, which refers to <paramref name="bytes"/>; its default if the answer is false.</param>
    /// <returns>False when there are too few bytes.</returns>
    static abstract bool TryRead(ReadOnlySpan<byte> bytes, out TSelf view);
}
