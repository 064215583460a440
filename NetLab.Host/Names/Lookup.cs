namespace NetLab.Host.Names;

/// <summary>What a zone has to say of a name and a type.</summary>
/// <param name="Kind">What kind of answer it is.</param>
/// <param name="Set">The records: what was asked for, the CNAME, or the NS records of the cut; null where there are none.</param>
internal readonly record struct Lookup(LookupKind Kind, RecordSet? Set);
