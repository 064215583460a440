using NetLab.Osi.Decoding;

namespace NetLab.Osi.Queries;

/// <summary>
/// Questions to a capture: <c>Capture.Read("a.pcapng").Where("dns.flags.response == 0").Select(p => p["dns.qry.name"])</c>.
/// </summary>
public static class Capture
{
    /// <summary>The packets of a file; it is opened and decoded anew each time they are enumerated.</summary>
    /// <param name="path">The file: pcap or pcapng, plain or compressed with gzip or Zstandard.</param>
    /// <param name="options">How it is decoded; null for the defaults.</param>
    public static PacketQuery Read(string path, DecoderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new PacketQuery(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0), options ?? new DecoderOptions());
    }

    /// <summary>The packets of a stream, which can be enumerated once.</summary>
    /// <param name="capture">The capture; closed with the enumeration.</param>
    /// <param name="options">How it is decoded; null for the defaults.</param>
    public static PacketQuery Read(Stream capture, DecoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(capture);
        return new PacketQuery(() => capture, options ?? new DecoderOptions());
    }
}
