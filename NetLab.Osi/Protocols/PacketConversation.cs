namespace NetLab.Osi.Protocols;

/// <summary>A UDP conversation that a packet belongs to.</summary>
/// <param name="Index">The packet's UDP layer.</param>
/// <param name="Number">The conversation's number.</param>
/// <param name="FromFirst">Whether the end sent it that sent the first datagram.</param>
internal readonly record struct PacketConversation(int Index, int Number, bool FromFirst);
