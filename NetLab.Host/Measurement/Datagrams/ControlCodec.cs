using System.Text.Json;
using NetLab.Host.Measurement.Reports;
using NetLab.Udp.Flows;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary>Puts what the halves of a measurement say to each other into datagrams, as probes of a flow of its own.</summary>
internal sealed class ControlCodec
{
    /// <summary>The flow that carries messages; measured ones never have this number.</summary>
    public const uint Flow = uint.MaxValue - 1;

    /// <summary>The flow whose datagrams are sent back as they are.</summary>
    public const uint EchoFlow = uint.MaxValue - 3;

    private ulong _sequence;

    /// <summary>A message as a datagram. Each is new to the receiver, also one that says the same again.</summary>
    public byte[] Encode(PerfMessage message)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(message, PerfMessageJson.Default.PerfMessage);
        byte[] datagram = new byte[ProbeHeader.Size + json.Length];
        json.CopyTo(datagram, ProbeHeader.Size);
        new ProbeHeader(Flow, _sequence++, 0, 0, json.Length).Write(datagram, ProbeHeader.SumOf(json));
        return datagram;
    }

    /// <summary>A datagram that is sent back as it is.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="size">Its bytes.</param>
    public static byte[] EncodeEcho(ulong sequence, int size)
    {
        byte[] datagram = new byte[size];
        new ProbeHeader(EchoFlow, sequence, 0, 0, size - ProbeHeader.Size).Write(datagram, ProbeHeader.SumOf(datagram.AsSpan(ProbeHeader.Size)));
        return datagram;
    }

    /// <summary>Reads the payload of a probe of the flow; null for what is no message.</summary>
    public static PerfMessage? Decode(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, PerfMessageJson.Default.PerfMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
