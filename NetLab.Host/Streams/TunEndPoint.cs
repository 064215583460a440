using System.Net;
using NetLab.Host.Settings;

namespace NetLab.Host.Streams;

/// <summary>An address on a TUN device, for a server that has addresses of several transports.</summary>
/// <param name="address">What was said.</param>
/// <param name="local">Where that is.</param>
internal sealed class TunEndPoint(LabAddress address, IPEndPoint local) : IPEndPoint(local.Address, local.Port)
{
    /// <summary>What was said.</summary>
    public LabAddress Said => address;
}
