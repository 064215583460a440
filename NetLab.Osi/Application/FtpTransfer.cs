namespace NetLab.Osi.Application;

/// <summary>What the control connection of FTP says of a data connection.</summary>
internal sealed class FtpTransfer
{
    /// <summary>The file; null for a list, or if it was not said.</summary>
    public string? Name { get; set; }
}
