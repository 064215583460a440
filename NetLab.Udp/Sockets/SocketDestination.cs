using System.Net;
using System.Net.Sockets;

namespace NetLab.Udp.Sockets;

/// <summary>A destination in the form that system calls want, rewritten only when it changes: a flow sends to one peer.</summary>
internal sealed class SocketDestination(AddressFamily family)
{
    private readonly SocketAddress _address = new(family);
    private DatagramAddress _value;

    /// <summary>The destination as a sockaddr of the socket's own family.</summary>
    public SocketAddress Of(in DatagramAddress to)
    {
        if (to != _value)
        {
            IPEndPoint endPoint = to.ToIPEndPoint();
            if (family == AddressFamily.InterNetworkV6 && endPoint.AddressFamily == AddressFamily.InterNetwork)
            {
                endPoint = new IPEndPoint(endPoint.Address.MapToIPv6(), endPoint.Port);
            }

            SocketAddress serialized = endPoint.Serialize();
            serialized.Buffer.Span[..serialized.Size].CopyTo(_address.Buffer.Span);
            _address.Size = serialized.Size;
            _value = to;
        }

        return _address;
    }
}
