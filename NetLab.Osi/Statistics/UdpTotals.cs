using NetLab.Osi.Session;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Statistics;

/// <summary>What is left of a UDP conversation when the decoder let go of it: its sums.</summary>
internal sealed class UdpTotals(UdpFlow first)
{
    private readonly int _number = first.Number;
    private readonly bool _beganLow = first.BeganLow;
    private (long Packets, long Bytes) _fromLow;
    private (long Packets, long Bytes) _fromHigh;
    private string _application = "";

    /// <summary>Bytes of both directions.</summary>
    public long Bytes => _fromLow.Bytes + _fromHigh.Bytes;

    /// <summary>The same sums once more.</summary>
    public UdpTotals Copy() => (UdpTotals)MemberwiseClone();

    /// <summary>Adds what it sent since it was let go of before.</summary>
    public void Add(UdpFlow flow)
    {
        _fromLow = (_fromLow.Packets + flow.FromLow.Packets, _fromLow.Bytes + flow.FromLow.Bytes);
        _fromHigh = (_fromHigh.Packets + flow.FromHigh.Packets, _fromHigh.Bytes + flow.FromHigh.Bytes);
        string application = flow.CarriesTcp ? "tcp" : flow.Application?.Name ?? "";
        _application = application.Length > 0 ? application : _application;
    }

    public Conversation ToConversation(in FlowKey key)
    {
        (long Packets, long Bytes) sent = _beganLow ? _fromLow : _fromHigh;
        (long Packets, long Bytes) received = _beganLow ? _fromHigh : _fromLow;
        string low = new TcpStreamEnd(key.LowAddress, key.IsV4, key.LowPort).ToString();
        string high = new TcpStreamEnd(key.HighAddress, key.IsV4, key.HighPort).ToString();
        return new Conversation(
            "udp", _number, _beganLow ? low : high, _beganLow ? high : low, sent.Packets, sent.Bytes, received.Packets, received.Bytes, _application, null);
    }
}
