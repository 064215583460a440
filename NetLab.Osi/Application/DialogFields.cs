using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>The fields of a dialog in lines.</summary>
/// <param name="command">The commands' name in filters.</param>
/// <param name="code">The replies' codes' name in filters; null if it has none.</param>
/// <param name="status">The replies' status words' name in filters; null if it has none.</param>
/// <param name="argument">The name in filters of what stands behind a command; null if it has none.</param>
/// <param name="tag">The name in filters of the tags before commands; null if it has none.</param>
internal sealed class DialogFields(string command, string? code, string? status = null, string? argument = null, string? tag = null)
{
    public Field Commands { get; } = Field.Text("commands", command, about: "Commands", summary: true);

    public Field Codes { get; } = Field.Number("codes", code, about: "Codes of the replies", summary: true);

    public Field Status { get; } = Field.Text("status", status, about: "First words of the replies", summary: true);

    public Field Argument { get; } = Field.Text(null, argument, about: "What stands behind a command");

    public Field Tag { get; } = Field.Text(null, tag, about: "Tag before a command");

    public Field[] All => [Commands, Codes, Status, Argument, Tag];
}
