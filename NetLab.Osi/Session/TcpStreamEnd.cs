using System.Net;
using NetLab.Osi.Model;
using NetLab.Osi.Network;

namespace NetLab.Osi.Session;

/// <summary>One end of a TCP stream.</summary>
public readonly record struct TcpStreamEnd
{
    private readonly AddressNumber _address;
    private readonly bool _isV4;

    internal TcpStreamEnd(AddressNumber address, bool isV4, int port) => (_address, _isV4, Port) = (address, isV4, port);

    internal TcpStreamEnd(IPAddress address, int port)
        : this(Addresses.Read(address.GetAddressBytes()), address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork, port)
    {
    }

    /// <summary>Its TCP port.</summary>
    public int Port { get; }

    /// <summary>Its address, in canonical text (RFC 5952).</summary>
    public string Ip
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            return new IPAddress(bytes[..Write(bytes)]).ToString();
        }
    }

    internal IPAddress Address
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            return new IPAddress(bytes[..Write(bytes)]);
        }
    }

    /// <summary>Address and port, the way they are written together.</summary>
    public override string ToString() => _isV4 ? $"{Ip}:{Port}" : $"[{Ip}]:{Port}";

    internal int Write(Span<byte> bytes) => Addresses.Write(_address, _isV4, bytes);
}
