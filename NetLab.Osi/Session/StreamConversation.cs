using NetLab.Osi.Protocols;

namespace NetLab.Osi.Session;

/// <summary>The messages of a TCP stream, or of what was decrypted inside one.</summary>
/// <param name="number">The stream's number.</param>
internal sealed class StreamConversation(int number) : MessageConversation(number);
