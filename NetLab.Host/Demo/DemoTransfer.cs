namespace NetLab.Host.Demo;

/// <summary>What one transport made of the file.</summary>
/// <param name="Transport">Its name.</param>
/// <param name="Sent">Segments or datagrams sent by the sender.</param>
/// <param name="Bytes">Bytes of the file.</param>
/// <param name="Delivered">Bytes of it that arrived.</param>
/// <param name="LostOnLink">Datagrams the link dropped.</param>
/// <param name="AcknowledgmentsLost">How many of those carried nothing but an acknowledgment; null where there are none.</param>
/// <param name="Retransmitted">Segments sent again; null where nothing ever is.</param>
/// <param name="Goodput">Bits of file a second.</param>
/// <param name="SentSha256">The sender's SHA-256 of what arrived.</param>
/// <param name="ReceivedSha256">The receiver's.</param>
internal sealed record DemoTransfer(
    string Transport, long Sent, long Bytes, long Delivered, long LostOnLink, long? AcknowledgmentsLost, long? Retransmitted, double Goodput, string SentSha256, string ReceivedSha256);
