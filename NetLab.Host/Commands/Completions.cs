using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using NetLab.Host.Experiments.Course;
using NetLab.Host.Experiments.Hunts;
using NetLab.Host.Measurement.Comparison;
using NetLab.Host.Services;
using NetLab.Osi.Decoding;
using NetLab.Udp.Links;

namespace NetLab.Host.Commands;

/// <summary>What can stand where a value is typed: for the shells' completion, which asks for it word by word.</summary>
internal static class Completions
{
    private static readonly string[] Transports = ["tcp", "udp", "kernel-tcp", "kernel-udp", "tun-tcp"];
    private static readonly string[] Schemes = ["tcp://127.0.0.1:", "udp://127.0.0.1:", "kernel-tcp://127.0.0.1:", "kernel-udp://127.0.0.1:"];
    private static readonly string[] Queues = ["codel", "fq_codel", "pie", "red"];
    private static readonly string[] Settings = ["Lab:AllowRemote=", "Lab:MemoryLimit=", "Lab:RunFolder=", "Lab:Services=[]", "Lab:Relays=[]", "Lab:Services:0:Kind=", "Lab:Services:0:Address=", "Lab:Services:0:Name="];

    // By the option's name, or the verb and the argument's.
    private static readonly Dictionary<string, Func<string, IEnumerable<string>>> Values = new()
    {
        ["--transport"] = OfList(Transports),
        ["--congestion"] = OfList("cubic", "reno", "bbr"),
        ["--poll"] = One("on", "off"),
        ["--link"] = Link,
        ["--filter"] = Filter,
        ["--display-filter"] = Filter,
        ["--columns"] = Columns,
        ["--as"] = One("text", "hex", "raw"),
        ["--direction"] = One("a", "b"),
        ["--theme"] = One("light", "dark", "auto"),
        ["--partition"] = OfList("hour", "interface"),
        ["--layer"] = One("1", "2", "3", "4", "5", "6", "7"),
        ["plot --kind"] = One([.. Enum.GetNames<RunPlotKind>().Select(n => n.ToLowerInvariant())]),
        ["hunt --answer"] = One([.. HiddenFault.All.Select(f => f.Name)]),
        ["serve --set"] = Setting,
        ["fields PREFIX"] = Field,
        ["lab name"] = One([.. ExperimentCatalog.All.Select(e => e.Name)]),
        ["http METHOD"] = One("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"),
        ["http URL"] = Resource,
        ["dns TYPE"] = One("A", "AAAA", "CNAME", "TXT", "MX", "NS", "SOA", "SRV", "PTR", "ANY"),
        ["balancer NAME"] = word => Configured().Where(s => s.Kind == "balancer").Select(s => s.Name).Where(Begins(word)),
        ["URL"] = Address,
        ["FROM"] = Address,
        ["TO"] = Address,
        ["LISTEN"] = Address,
        ["TARGET"] = Address,
        ["SERVER"] = Address,
    };

    /// <summary>Tells a command, and all below it, what the values of their options and arguments can be.</summary>
    public static void AddTo(Command command)
    {
        foreach (Option option in command.Options)
        {
            if (Find(command, option.Name) is { } values)
            {
                option.CompletionSources.Add(context => Items(values, context));
            }
        }

        foreach (Argument argument in command.Arguments)
        {
            if (Find(command, argument.Name) is { } values)
            {
                argument.CompletionSources.Add(context => Items(values, context));
            }
        }

        foreach (Command verb in command.Subcommands)
        {
            AddTo(verb);
        }
    }

    private static Func<string, IEnumerable<string>>? Find(Command command, string name) =>
        Values.GetValueOrDefault($"{command.Name} {name}") ?? Values.GetValueOrDefault(name);

    private static IEnumerable<CompletionItem> Items(Func<string, IEnumerable<string>> values, CompletionContext context) =>
        values(context.WordToComplete).Select(text => new CompletionItem(text));

    private static Func<string, bool> Begins(string word) => text => text.StartsWith(word, StringComparison.OrdinalIgnoreCase);

    private static Func<string, IEnumerable<string>> One(params string[] values) => word => values.Where(Begins(word));

    // A list with commas between: the last of it is typed, and what it has already is not offered again.
    private static Func<string, IEnumerable<string>> OfList(params string[] values) => word =>
    {
        int last = word.LastIndexOf(',') + 1;
        string[] before = word[..last].Split(',', StringSplitOptions.RemoveEmptyEntries);
        return values.Except(before).Where(Begins(word[last..])).Select(value => word[..last] + value);
    };

    private static IEnumerable<string> Link(string word)
    {
        int last = word.LastIndexOf(',') + 1;
        string typed = word[last..];
        if (typed.EndsWith("aqm=", StringComparison.Ordinal) || (typed.Contains("aqm=", StringComparison.Ordinal) && !typed.EndsWith('=')))
        {
            int value = typed.IndexOf('=', StringComparison.Ordinal) + 1;
            return Queues.Where(Begins(typed[value..])).Select(queue => word[..last] + typed[..value] + queue);
        }

        string side = typed.StartsWith("up.", StringComparison.Ordinal) ? "up." : typed.StartsWith("down.", StringComparison.Ordinal) ? "down." : "";
        IEnumerable<string> keys = VerbHelp.LinkKeys.Select(key => side + key.Key[..(key.Key.IndexOf('=', StringComparison.Ordinal) + 1)]);
        return keys.Concat(side.Length > 0 ? [] : ["up.", "down.", "trace=", "replay=", .. LinkProfile.All.Select(profile => profile.Name)])
            .Where(Begins(typed)).Select(key => word[..last] + key);
    }

    private static IEnumerable<string> Columns(string word)
    {
        int last = word.LastIndexOf(',') + 1;
        return Field(word[last..]).Select(name => word[..last] + name);
    }

    // The name that is being typed in an expression begins behind the last blank or operator.
    private static IEnumerable<string> Filter(string word)
    {
        int last = word.LastIndexOfAny([' ', '(', '!', '&', '|', '=', '<', '>', '{', ',']) + 1;
        return Field(word[last..]).Select(name => word[..last] + name);
    }

    // As files in folders: names up to the next dot.
    private static IEnumerable<string> Field(string word) => BuiltInProtocols.Registry.Fields.Select(field => field.FilterName!)
        .Concat(BuiltInProtocols.Registry.Fields.Select(field => field.Owner?.Name ?? ""))
        .Where(name => name.Length > 0 && name.StartsWith(word, StringComparison.Ordinal))
        .Select(name => name.IndexOf('.', word.Length) is >= 0 and var dot ? name[..(dot + 1)] : name)
        .Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<string> Setting(string word) => word.EndsWith(":Kind=", StringComparison.Ordinal) || word.Contains(":Kind=", StringComparison.Ordinal)
        ? new ServiceFactories(ServiceFactories.Standard).Kinds.Append("http").Select(kind => word[..(word.IndexOf('=', StringComparison.Ordinal) + 1)] + kind).Where(Begins(word))
        : Settings.Where(Begins(word));

    private static IEnumerable<string> Address(string word) => Configured().Select(s => s.Address).Concat(Schemes).Distinct().Where(Begins(word));

    private static IEnumerable<string> Resource(string word)
    {
        (string Name, string Kind, string Address)[] services = [.. Configured()];
        return services.Where(s => s.Kind == "http")
            .SelectMany(http => services.Select(s => $"{http.Address}/services/{s.Name}").Concat([$"{http.Address}/services", $"{http.Address}/runs", $"{http.Address}/metrics"]))
            .Concat(Schemes.Where(s => s.Contains("tcp", StringComparison.Ordinal)))
            .Where(Begins(word));
    }

    // The services of nlab's own configuration, which nlab serve runs unless it is told of another; none where it cannot be read.
    private static List<(string Name, string Kind, string Address)> Configured()
    {
        try
        {
            string file = Path.Combine(AppContext.BaseDirectory, "appsettings.json");
            using var document = JsonDocument.Parse(File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            List<(string Name, string Kind, string Address)> services = [];
            foreach (JsonElement service in document.RootElement.GetProperty("Lab").GetProperty("Services").EnumerateArray())
            {
                string kind = Text(service, "Kind");
                string address = Text(service, "Address");
                string scheme = address.Split("://")[0];
                services.Add((Text(service, "Name") is { Length: > 0 } name ? name : $"{kind}-{scheme}", kind, address));
            }

            return services;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [];
        }
    }

    private static string Text(JsonElement service, string member) => service.TryGetProperty(member, out JsonElement value) ? value.GetString() ?? "" : "";
}
