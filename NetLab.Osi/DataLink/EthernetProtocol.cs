using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Ethernet II and IEEE 802.3.</summary>
internal static class EthernetProtocol
{
    public static readonly Protocol Value = new("eth", OsiLayer.DataLink, "Ethernet", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Dst = Field.Mac("dst", "eth.dst");
        public static readonly Field Src = Field.Mac("src", "eth.src");
        public static readonly Field Length = Field.Number("length", "eth.len", width: 2);
        public static readonly Field Type = Field.Number("type", "eth.type", names: static v => EtherTypes.NameOf((int)v), width: 2);
        public static readonly Field Address = Field.Either("eth.addr", Dst, Src);

        public static readonly Field[] All = [Dst, Src, Length, Type, Address];
    }

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (!EthernetHeader.TryRead(dissection.Bytes[offset..end], out EthernetHeader header))
        {
            dissection.Cut(Value, "Ethernet header", offset, EthernetHeader.Size, end);
            return true;
        }

        if (header.TypeOrLength == FabricPathProtocol.EtherType)
        {
            // The outer addresses are the fabric's own, and no Ethernet addresses.
            return FabricPathProtocol.Dissect(dissection, offset, end);
        }

        int next = offset + EthernetHeader.Size;
        if (dissection.Add(Value, offset, EthernetHeader.Size, end))
        {
            EthernetProtocol.DissectTypeOrLength(dissection, header.TypeOrLength, next, end);
        }

        return true;
    }

    /// <summary>Takes apart what follows a field that is a type or, up to 1500, the length of an LLC frame.</summary>
    public static void DissectTypeOrLength(in Dissection dissection, int typeOrLength, int offset, int end)
    {
        if (typeOrLength <= EtherTypes.MaxLength)
        {
            DissectLength(dissection.Until(offset + typeOrLength), offset, Math.Min(end, offset + typeOrLength));
        }
        else
        {
            dissection.Next(NumberTable.EtherType, typeOrLength, offset, end);
        }
    }

    // A checksum of ones, which IPX has, where LLC belongs: Novell's 802.3 without LLC.
    private static void DissectLength(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 2 || dissection.Bytes[offset] != Saps.Global || dissection.Bytes[offset + 1] != Saps.Global)
        {
            LlcProtocol.Dissect(dissection, offset, end);
        }
        else
        {
            dissection.Next(NumberTable.LlcSap, Saps.Ipx, offset, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        int at = view[index].Offset;
        if (!EthernetHeader.TryRead(view.BytesOf(index), out EthernetHeader header))
        {
            return;
        }

        sink.Mac(Fields.Dst, header.Destination, at);
        sink.Mac(Fields.Src, header.Source, at + 6);
        if (header.HasLength)
        {
            sink.Number(Fields.Length, header.TypeOrLength, at + 12, 2);
        }
        else
        {
            sink.Number(Fields.Type, header.TypeOrLength, at + 12, 2);
        }
    }
}
