using System.Net.Sockets;
using NetLab.Host.Settings;

namespace NetLab.Host.Streams;

/// <summary>A failed bind in words: the address is what the user gave, so it is a mistake of the command line.</summary>
internal static class BindFailure
{
    public static UsageException Explain(LabAddress address, SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => new AddressTakenException($"'{address}': the port is taken"),
        SocketError.AddressNotAvailable => new UsageException($"'{address}': not an address of this machine"),
        SocketError.AccessDenied => new UsageException($"'{address}': this port is not permitted to you"),
        _ => new UsageException($"'{address}': {error.Message}"),
    };
}
