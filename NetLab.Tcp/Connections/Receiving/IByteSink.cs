namespace NetLab.Tcp.Connections.Receiving;

/// <summary>Takes the bytes of a stream, in order.</summary>
internal interface IByteSink
{
    void Accept(ReadOnlySpan<byte> bytes);
}
