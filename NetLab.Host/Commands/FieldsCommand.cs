using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Commands;

/// <summary><c>nlab fields [PREFIX]</c>: the fields there are.</summary>
internal static class FieldsCommand
{
    public static Command Create()
    {
        var prefix = new Argument<string?>("PREFIX") { Description = "Only fields whose name in filters begins like this", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = new Command("fields", "List the fields there are: name in filters, kind, layer, name in JSON, meaning") { prefix, json };
        command.SetAction(parsed =>
        {
            string wanted = parsed.GetValue(prefix) ?? "";
            List<Field> fields = [.. BuiltInProtocols.Registry.Fields.Where(f => f.FilterName!.StartsWith(wanted, StringComparison.Ordinal))];
            if (fields.Count == 0)
            {
                throw new UsageException($"'{wanted}': no field begins like this; without it, all are listed");
            }

            using Stream output = Console.OpenStandardOutput();
            if (parsed.GetValue(json))
            {
                WriteJson(output, fields);
            }
            else if (Console.IsOutputRedirected)
            {
                Write(output, fields);
            }
            else
            {
                Table.Write(Terminal.Out, fields);
            }

            return 0;
        });
        return command;
    }

    private static ColumnTable<Field> Table { get; } = new(
    [
        new("field", f => f.FilterName!) { IsText = true, Rank = 0, IsKey = true },
        new("kind", KindOf) { IsText = true },
        new("layer", f => LayerOf(f).ToString(CultureInfo.InvariantCulture)) { Rank = 2 },
        new("in JSON", JsonOf) { IsText = true, Rank = 3 },
        new("meaning", MeaningOf) { IsText = true, Rank = 0 },
    ]);

    private static void WriteJson(Stream output, List<Field> fields)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteStartArray("fields");
        foreach (Field field in fields)
        {
            writer.WriteStartObject();
            writer.WriteString("filter", field.FilterName);
            writer.WriteString("json", field.Name is null ? null : $"{field.Owner?.Name}.{field.Name}");
            writer.WriteString("kind", KindOf(field));
            writer.WriteString("protocol", field.Owner?.Name);
            writer.WriteNumber("layer", LayerOf(field));
            writer.WriteString("meaning", MeaningOf(field));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void Write(Stream output, List<Field> fields)
    {
        using var text = new StreamWriter(output) { NewLine = "\n" };
        int width = fields.Max(f => f.FilterName!.Length);
        foreach (Field field in fields)
        {
            text.WriteLine($"{field.FilterName!.PadRight(width)}  {KindOf(field),-8}  {LayerOf(field)}  {JsonOf(field),-24}  {MeaningOf(field)}".TrimEnd());
        }
    }

    private static int LayerOf(Field field) => (int)(field.Owner?.Layer ?? 0);

    private static string JsonOf(Field field) => field.Name is null ? "" : $"{field.Owner?.Name}.{field.Name}";

    private static string KindOf(Field field) => field.Kind switch
    {
        FieldKind.Number => "number",
        FieldKind.SignedNumber => "signed",
        FieldKind.Boolean => "truth",
        FieldKind.Real => "real",
        _ => field.Kind.ToString().ToLowerInvariant(),
    };

    private static string MeaningOf(Field field) => field.About.Length > 0 ? field.About
        : field.Members.Count > 0 ? string.Join(" or ", field.Members.Select(m => m.FilterName))
        : $"{field.Owner?.Title}: {(field.Name ?? field.FilterName!.Split('.')[^1]).Replace('_', ' ')}";
}
