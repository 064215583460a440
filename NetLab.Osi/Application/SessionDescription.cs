using System.Net;
using NetLab.Osi.Adapters;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>A session description (RFC 8866): where the ends of a call take media. What goes there, or comes from there, is RTP.</summary>
internal static class SessionDescription
{
    /// <summary>Announces the media of a description in a datagram, if the body is one.</summary>
    public static void Announce(in Dissection dissection, ReadOnlySpan<byte> body)
    {
        foreach ((IPAddress address, int port) in Read(body))
        {
            dissection.Expect(NamedProtocols.Rtp, address, port);
        }
    }

    /// <summary>Announces the media of a description in a stream, if the body is one.</summary>
    public static void Announce(in StreamSegment segment, ReadOnlySpan<byte> body)
    {
        foreach ((IPAddress address, int port) in Read(body))
        {
            segment.Expect(NamedProtocols.Rtp, address, port);
        }
    }

    private static List<(IPAddress Address, int Port)> Read(ReadOnlySpan<byte> body)
    {
        var media = new List<(IPAddress Address, int Port)>();
        if (!body.StartsWith("v=0"u8))
        {
            return media;
        }

        // The address of the session holds for media that have none of their own behind them.
        IPAddress? ofSession = null;
        IPAddress? ofMedia = null;
        int? port = null;
        foreach (Range range in body.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = body[range].TrimEnd((byte)'\r');
            if (line.StartsWith("c="u8) && port is null)
            {
                ofSession = AddressIn(line);
            }
            else if (line.StartsWith("c="u8))
            {
                ofMedia = AddressIn(line);
            }
            else if (line.StartsWith("m="u8))
            {
                Add(ofMedia ?? ofSession, port ?? 0);
                (port, ofMedia) = (PortIn(line), null);
            }
        }

        Add(ofMedia ?? ofSession, port ?? 0);
        return media;

        void Add(IPAddress? address, int at)
        {
            if (address is not null && at != 0)
            {
                media.Add((address, at));
            }
        }
    }

    // 5.7: c=IN IP4 192.0.2.1
    private static IPAddress? AddressIn(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> text = line[(line.LastIndexOf((byte)' ') + 1)..];
        int slash = text.IndexOf((byte)'/');
        return IPAddress.TryParse(slash < 0 ? text : text[..slash], out IPAddress? address) ? address : null;
    }

    // 5.14: m=audio 49170 RTP/AVP 0; port 0 says that it is not taken.
    private static int PortIn(ReadOnlySpan<byte> line)
    {
        int first = line.IndexOf((byte)' ');
        ReadOnlySpan<byte> rest = first < 0 ? default : line[(first + 1)..];
        int second = rest.IndexOf((byte)' ');
        bool isRtp = second > 0 && rest[(second + 1)..].StartsWith("RTP/"u8);
        return isRtp && System.Buffers.Text.Utf8Parser.TryParse(rest[..second], out ushort port, out int _) ? port : 0;
    }
}
