namespace NetLab.Host.Settings;

/// <summary>The command line or the configuration is wrong; the message is the one line that says which word and why.</summary>
internal class UsageException(string message) : Exception(message);
