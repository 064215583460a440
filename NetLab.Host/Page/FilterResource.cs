using System.Globalization;
using Microsoft.AspNetCore.Http;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Page;

/// <summary>Help with filters: <c>check?filter</c> says what is wrong with one, <c>complete?prefix</c> how it may go on.</summary>
internal sealed class FilterResource(ProtocolRegistry protocols)
{
    private const int MaxFilter = 4096;
    private const int DefaultCount = 20;

    // Names of values are known up to here: of EtherTypes and ports, and of everything smaller.
    private const int MaxNamedValue = 65_535;
    private const int MaxNames = 50;

    /// <summary>Whether a filter makes sense; what is wrong with it and where, from 0, if not.</summary>
    public Task CheckAsync(HttpContext context)
    {
        string filter = context.Request.Query["filter"].ToString();
        return PageAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            try
            {
                if (filter.Length > MaxFilter)
                {
                    throw new DisplayFilterException(MaxFilter, $"a filter has at most {MaxFilter} characters");
                }

                if (!string.IsNullOrWhiteSpace(filter))
                {
                    json.WriteBoolean("needs_streams", DisplayFilter.Parse(filter, protocols).NeedsStreams);
                }

                json.WriteBoolean("ok", true);
            }
            catch (DisplayFilterException error)
            {
                json.WriteBoolean("ok", false);
                json.WriteString("error", error.Message);
                json.WriteNumber("at", error.Position);
            }

            json.WriteEndObject();
        });
    }

    /// <summary>How the last word of a filter may go on: names of protocols and fields, or values of the field before it.</summary>
    public Task CompleteAsync(HttpContext context)
    {
        string prefix = context.Request.Query["prefix"].ToString();
        string? field = PageQuery.Text(context, "field");
        int limit = (int)PageQuery.Number(context, "limit", DefaultCount, 1, 200);
        IEnumerable<(string Text, string About)> found = field is null ? Names(prefix) : Values(field, prefix);
        return PageAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("completions");
            foreach ((string text, string about) in found.Take(limit))
            {
                json.WriteStartObject();
                json.WriteString("text", text);
                json.WriteString("about", about);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static string AboutOf(Field field) => field.About.Length > 0 ? field.About
        : field.Members.Count > 0 ? string.Join(" or ", field.Members.Select(m => m.FilterName))
        : $"{field.Owner?.Title}: {(field.Name ?? field.FilterName!.Split('.')[^1]).Replace('_', ' ')}";

    private IEnumerable<(string Text, string About)> Names(string prefix)
    {
        IEnumerable<(string Text, string About)> names = protocols.Protocols.Select(p => (p.Protocol.FilterName, p.Protocol.Title))
            .Concat(protocols.Fields.Select(f => (f.FilterName!, AboutOf(f))));

        // Whole levels first: "tcp" offers tcp.port before tcp.options.mss_val.
        return names.Where(n => n.Text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).DistinctBy(n => n.Text)
            .OrderBy(n => n.Text.AsSpan(Math.Min(prefix.Length, n.Text.Length)).Count('.')).ThenBy(n => n.Text, StringComparer.Ordinal);
    }

    private IEnumerable<(string Text, string About)> Values(string name, string prefix)
    {
        if (!protocols.TryFindField(name, out Field? field))
        {
            return [];
        }

        if (field.Kind == FieldKind.Boolean)
        {
            return new (string, string)[] { ("1", "yes"), ("0", "no") }.Where(v => v.Item1.StartsWith(prefix, StringComparison.Ordinal));
        }

        if (field.Names is not { } names || field.Kind is not (FieldKind.Number or FieldKind.SignedNumber))
        {
            return [];
        }

        var known = new List<(string, string)>();
        long most = field.Size == 1 ? 255 : MaxNamedValue;
        string? unit = names(0) is { } first && first == names(1) ? first : null;
        for (long value = 0; value <= most && known.Count < MaxNames; value++)
        {
            // What is the same for every number is a unit, and no name.
            if (names(value) is { } said && said != unit)
            {
                string text = value.ToString(CultureInfo.InvariantCulture);
                if (text.StartsWith(prefix, StringComparison.Ordinal) || said.Contains(prefix, StringComparison.OrdinalIgnoreCase))
                {
                    known.Add((text, said));
                }
            }
        }

        return known;
    }
}
