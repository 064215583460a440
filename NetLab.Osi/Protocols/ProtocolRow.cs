namespace NetLab.Osi.Protocols;

/// <summary>A row of a number table: who takes a number's bytes, and who is asked when that one says that they are not its own.</summary>
/// <param name="Reference">The protocol.</param>
/// <param name="Next">The next to ask; null for none.</param>
internal sealed record ProtocolRow(ProtocolReference Reference, ProtocolRow? Next);
