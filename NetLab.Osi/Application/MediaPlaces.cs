using System.Net;

namespace NetLab.Osi.Application;

/// <summary>
/// Where calls have agreed to take media (RFC 8866, in the bodies of SIP): what goes there, or comes from there, is RTP. Those
/// announced first are forgotten first.
/// </summary>
internal sealed class MediaPlaces
{
    private const int Most = 1024;

    private readonly HashSet<(UInt128 Address, int Port)> _places = [];
    private readonly Queue<(UInt128 Address, int Port)> _order = new();

    /// <summary>Whether media is taken there.</summary>
    public bool Contains(UInt128 address, int port) => _places.Count > 0 && _places.Contains((address, port));

    /// <summary>Reads a session description, if it is one.</summary>
    public void Read(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("v=0"u8))
        {
            return;
        }

        // The address of the session holds for media that have none of their own behind them.
        UInt128? ofSession = null;
        UInt128? ofMedia = null;
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
    }

    private void Add(UInt128? address, int port)
    {
        if (address is not { } where || port == 0 || !_places.Add((where, port)))
        {
            return;
        }

        _order.Enqueue((where, port));
        if (_order.Count > Most)
        {
            _places.Remove(_order.Dequeue());
        }
    }

    // 5.7: c=IN IP4 192.0.2.1
    private static UInt128? AddressIn(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> text = line[(line.LastIndexOf((byte)' ') + 1)..];
        int slash = text.IndexOf((byte)'/');
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out IPAddress? address))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
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
