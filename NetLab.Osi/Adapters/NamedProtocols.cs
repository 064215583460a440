using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Adapters;

/// <summary>Protocols that are named here and, where PacketDotNet can, put into a line by it.</summary>
internal static class NamedProtocols
{
    private static readonly Field Summary = Field.Text("summary", about: "What PacketDotNet says of it");

    public static readonly Protocol Stp = Make("stp", OsiLayer.DataLink, "Spanning Tree Protocol");
    public static readonly Protocol Cdp = Make("cdp", OsiLayer.DataLink, "Cisco Discovery Protocol");
    public static readonly Protocol Lldp = Make("lldp", OsiLayer.DataLink, "Link Layer Discovery Protocol", PacketDotNetAdapter.Lldp);
    public static readonly Protocol Eapol = Make("eapol", OsiLayer.DataLink, "802.1X Authentication");
    public static readonly Protocol L2tp = Make("l2tp", OsiLayer.DataLink, "Layer 2 Tunneling Protocol", PacketDotNetAdapter.L2tp);
    public static readonly Protocol Ospf = Make("ospf", OsiLayer.Network, "Open Shortest Path First", PacketDotNetAdapter.Ospf);
    public static readonly Protocol Pim = Make("pim", OsiLayer.Network, "Protocol Independent Multicast");
    public static readonly Protocol Vrrp = Make("vrrp", OsiLayer.Network, "Virtual Router Redundancy Protocol");
    public static readonly Protocol Eigrp = Make("eigrp", OsiLayer.Network, "Enhanced Interior Gateway Routing Protocol");

    private static Protocol Make(string name, OsiLayer layer, string title, Func<ReadOnlySpan<byte>, string?>? line = null, Recognizer? begins = null) =>
        new Named(line, begins).MakeProtocol(name, layer, title);

    private sealed class Named(Func<ReadOnlySpan<byte>, string?>? line, Recognizer? begins)
    {
        private Protocol? _protocol;

        public Protocol MakeProtocol(string name, OsiLayer layer, string title) =>
            _protocol = new Protocol(name, layer, title, line is null ? [] : [Summary], Dissect, Describe) { Begins = begins };

        private bool Dissect(in Dissection dissection, int offset, int end)
        {
            if (offset >= end)
            {
                dissection.TooShort(_protocol!.Layer, _protocol.Name, offset, 1, end);
                return true;
            }

            if (begins?.Invoke(dissection.Bytes[offset..end]) == false)
            {
                return false;
            }

            dissection.Add(_protocol!, offset, end - offset, end);
            return true;
        }

        private void Describe(in PacketView view, int index, IFieldSink sink)
        {
            ref readonly LayerEntry entry = ref view[index];
            if (line is not null && PacketDotNetAdapter.Guarded(view.BytesOf(index), line) is { Length: > 0 } text)
            {
                sink.Text(Summary, text, entry.Offset, entry.Length);
            }
        }
    }
}
