using System.Buffers;

namespace NetLab.Tcp.Transport;

/// <summary>What a <see cref="SendPipe"/> holds.</summary>
/// <param name="Bytes">All that is written and not acknowledged.</param>
/// <param name="WriterWaits">Whether the writer waits for room: then more is to come.</param>
/// <param name="IsCompleted">Whether nothing will follow.</param>
/// <param name="IsBroken">Whether the application has broken its stream off.</param>
internal readonly record struct SendPipeContent(ReadOnlySequence<byte> Bytes, bool WriterWaits, bool IsCompleted, bool IsBroken);
