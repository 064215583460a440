using NetLab.Osi.Model;
using NetLab.Osi.Session;
using NetLab.Osi.Text;

namespace NetLab.Osi.Statistics;

/// <summary>An end: a hardware address, an IP address, or an IP address and a port.</summary>
/// <param name="Address">The address as a number; IPv4 addresses as IPv6 maps them (RFC 4291, 2.5.5.2).</param>
/// <param name="Port">The port; -1 if it has none, -2 for a hardware address.</param>
/// <param name="IsV4">Whether it is an IPv4 address.</param>
internal readonly record struct TrafficEnd(AddressNumber Address, int Port, bool IsV4)
{
    public const int NoPort = -1;
    public const int Hardware = -2;

    public override string ToString()
    {
        if (Port >= 0)
        {
            return new TcpStreamEnd(Address, IsV4, Port).ToString();
        }

        Span<byte> bytes = stackalloc byte[16];
        Address.Write(bytes);
        return Port == Hardware ? AddressText.Mac(bytes[10..]) : AddressText.Ip(IsV4 ? bytes[12..] : bytes);
    }
}
