using NetLab.Osi.Model;

namespace NetLab.Osi.Protocols;

/// <summary>Bytes that no protocol takes.</summary>
internal static class DataProtocol
{
    private static readonly Field Length = Field.Number("length", "data.len", about: "Bytes", width: 4);
    private static readonly Field Content = Field.Bytes(null, "data.data", about: "The bytes");

    public static readonly Protocol Value = new("data", OsiLayer.Application, "Data", [Length, Content], describe: Describe);

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ref readonly LayerEntry entry = ref view[index];
        sink.Number(Length, entry.Length, entry.Offset, entry.Length);
        if (sink.WantsHidden)
        {
            sink.Bytes(Content, view.BytesOf(index), entry.Offset);
        }
    }
}
