using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>The fields of a dialog in lines.</summary>
/// <param name="command">The commands' name in filters.</param>
/// <param name="code">The replies' codes' name in filters; null if it has none.</param>
/// <param name="status">The replies' status words' name in filters; null if it has none.</param>
internal sealed class DialogFields(string command, string? code, string? status = null)
{
    public Field Commands { get; } = Field.Text("commands", command, about: "Commands", summary: true);

    public Field Codes { get; } = Field.Number("codes", code, about: "Codes of the replies", summary: true);

    public Field Status { get; } = Field.Text("status", status, about: "First words of the replies", summary: true);

    public Field[] All => [Commands, Codes, Status];
}
