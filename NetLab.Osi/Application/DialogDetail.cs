using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>What a packet brings of a dialog in lines: commands one way, replies the other.</summary>
internal class DialogDetail(DialogFields fields) : LayerDetail
{
    public List<string> Commands { get; } = [];

    public List<int> Codes { get; } = [];

    public List<string> Status { get; } = [];

    /// <summary>What filters and columns ask beyond that.</summary>
    public FieldValues More { get; } = new();

    public override void Describe(in LayerEntry entry, IFieldSink sink)
    {
        if (Commands.Count > 0)
        {
            sink.Texts(fields.Commands, Commands, entry.Offset, entry.Length);
        }

        if (Codes.Count > 0)
        {
            sink.Numbers(fields.Codes, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Codes), entry.Offset, entry.Length);
        }

        if (Status.Count > 0)
        {
            sink.Texts(fields.Status, Status, entry.Offset, entry.Length);
        }

        More.Describe(entry.Offset, entry.Length, sink);
    }
}
