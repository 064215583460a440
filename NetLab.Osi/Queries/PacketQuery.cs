using System.Collections;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Queries;

/// <summary>The packets of a capture that match filters, in file order. Decoded as they are enumerated; any number of enumerations at once.</summary>
public sealed class PacketQuery : IEnumerable<Packet>
{
    private readonly Func<Stream> _open;
    private readonly DecoderOptions _options;
    private readonly string[] _filters;

    internal PacketQuery(Func<Stream> open, DecoderOptions options, params string[] filters) => (_open, _options, _filters) = (open, options, filters);

    /// <summary>The packets that match a display filter, too.</summary>
    /// <param name="filter">The filter, as in <see cref="DisplayFilter"/>.</param>
    /// <exception cref="DisplayFilterException">The filter makes no sense.</exception>
    public PacketQuery Where(string filter)
    {
        DisplayFilter.Parse(filter, _options.Protocols);
        return new PacketQuery(_open, _options, [.. _filters, filter]);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file is no capture.</exception>
    public IEnumerator<Packet> GetEnumerator()
    {
        using CaptureReader reader = CaptureReader.Open(_open());
        var decoder = new PacketDecoder(_options);
        DisplayFilter[] filters = [.. _filters.Select(f => DisplayFilter.Parse(f, _options.Protocols))];
        var decoded = new DecodedPacket();
        while (Next(reader, decoder, decoded, filters) is { } packet)
        {
            yield return packet;

            // What was handed out is the caller's.
            decoded = new DecodedPacket();
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Packet? Next(CaptureReader reader, PacketDecoder decoder, DecodedPacket decoded, DisplayFilter[] filters)
    {
        while (reader.TryRead(out CapturedPacket packet))
        {
            if (reader.TakeKeyLog() is { } keys)
            {
                decoder.AddKeyLog(keys);
            }

            if (decoder.PassesOver(packet.Source))
            {
                continue;
            }

            decoder.Decode(packet, decoded);
            bool matches = true;
            foreach (DisplayFilter filter in filters)
            {
                matches = matches && filter.Matches(decoded, packet.Bytes);
            }

            if (matches)
            {
                return new Packet(decoded, packet.Bytes.ToArray(), _options.Protocols);
            }
        }

        return null;
    }
}
