namespace NetLab.Host.Settings;

/// <summary>An address is another machine's, and only loopback may be reached.</summary>
/// <param name="address">The address.</param>
/// <param name="place">The name or address that is not loopback.</param>
internal sealed class RemoteAddressException(LabAddress address, string place)
    : UsageException($"{Reason(address, place)}; say --allow-remote if that is meant")
{
    /// <summary>The same where the configuration decides, and no option of a command line.</summary>
    public UsageException OfConfiguration { get; } = new($"{Reason(address, place)}; set Lab:AllowRemote if that is meant");

    private static string Reason(LabAddress address, string place) => $"'{address}': {place} is not this machine's loopback";
}
