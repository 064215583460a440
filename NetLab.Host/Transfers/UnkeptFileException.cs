namespace NetLab.Host.Transfers;

/// <summary>What arrives cannot be kept here; the message is the reason, fit to be told to the sender.</summary>
internal sealed class UnkeptFileException(string message, Exception? inner = null) : IOException(message, inner);
