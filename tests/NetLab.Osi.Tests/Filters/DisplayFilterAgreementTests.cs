using System.Globalization;
using System.Text;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;
using Xunit.Abstractions;

namespace NetLab.Osi.Tests.Filters;

/// <summary>
/// Each expression of <c>expressions.txt</c> chooses the packets that tshark chooses with it. tshark is asked once a capture: a script
/// listens with every expression at once.
/// </summary>
public sealed class DisplayFilterAgreementTests(ITestOutputHelper log)
{
    private static readonly string[] Preferences =
    [
        "tcp.desegment_tcp_streams:TRUE", "tcp.reassemble_out_of_order:TRUE", "tcp.analyze_sequence_numbers:TRUE", "tcp.check_checksum:FALSE",
        "udp.check_checksum:FALSE", "ip.check_checksum:FALSE", "ip.defragment:TRUE", "ipv6.defragment:TRUE", "ip.tso_support:TRUE",
    ];

    [JudgedFact("tshark")]
    public void Expressions_choose_what_tshark_chooses()
    {
        string[] expressions = File.ReadAllLines(Path.Combine(Folders.Root, "tests", "NetLab.Osi.Tests", "Filters/expressions.txt"));
        Assert.True(expressions.Length >= 200);
        Dictionary<string, string> known = KnownDifferences();
        string script = Path.GetTempFileName();
        File.WriteAllText(script, ScriptFor(expressions));
        var different = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        long answers = 0;
        long wrong = 0;
        foreach (string file in Directory.GetFiles(Folders.Corpus!).Where(f => new FileInfo(f).Length < 200_000).Order(StringComparer.Ordinal).Where((_, i) => i % 4 == 0))
        {
            HashSet<long>[] theirs = AskTshark(script, file, expressions.Length);
            HashSet<long>[] ours = Ask(file, expressions, out long packets);
            for (int i = 0; i < expressions.Length; i++)
            {
                answers += packets;
                if (!ours[i].SetEquals(theirs[i]))
                {
                    wrong += ours[i].Except(theirs[i]).Count() + theirs[i].Except(ours[i]).Count();
                    List<string> files = different.TryGetValue(expressions[i], out List<string>? found) ? found : different[expressions[i]] = [];
                    files.Add($"{Path.GetFileName(file)} (only ours: {Some(ours[i].Except(theirs[i]))}, only tshark's: {Some(theirs[i].Except(ours[i]))})");
                }
            }
        }

        foreach ((string expression, List<string> files) in different)
        {
            log.WriteLine($"{expression}\n    {(known.TryGetValue(expression, out string? reason) ? reason : "NOT KNOWN")}\n    {string.Join("\n    ", files.Take(3))}");
        }

        log.WriteLine($"{expressions.Length} expressions, {answers} answers, {wrong} different, in {different.Count} expressions");
        Assert.DoesNotContain(different.Keys, e => !known.ContainsKey(e));
    }

    private static string Some(IEnumerable<long> numbers) => string.Join(' ', numbers.Order().Take(4));

    private static Dictionary<string, string> KnownDifferences() => File.ReadAllLines(Path.Combine(Folders.Root, "tests", "NetLab.Osi.Tests", "Filters/differences.txt"))
        .Select(l => l.Split('\t')).Where(l => l.Length == 2).ToDictionary(l => l[0], l => l[1], StringComparer.Ordinal);

    private static HashSet<long>[] Ask(string file, string[] expressions, out long packets)
    {
        DisplayFilter[] filters = [.. expressions.Select(e => DisplayFilter.Parse(e))];
        HashSet<long>[] chosen = [.. expressions.Select(_ => new HashSet<long>())];
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(file));
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        packets = 0;
        while (reader.TryRead(out CapturedPacket packet))
        {
            packets++;
            decoder.Decode(packet, decoded);
            for (int i = 0; i < filters.Length; i++)
            {
                if (filters[i].Matches(decoded, packet.Bytes))
                {
                    chosen[i].Add(packet.Number);
                }
            }
        }

        return chosen;
    }

    private static HashSet<long>[] AskTshark(string script, string file, int count)
    {
        HashSet<long>[] chosen = [.. Enumerable.Range(0, count).Select(_ => new HashSet<long>())];
        string output = OtherTools.Run("tshark", ["-n", "-q", "-r", file, .. Preferences.SelectMany(p => new[] { "-o", p }), "-X", $"lua_script:{script}"]);
        foreach (string line in output.Split('\n').Where(l => l.StartsWith("@ ", StringComparison.Ordinal)))
        {
            string[] parts = line.Split(' ');
            foreach (string number in parts.Skip(2).Where(p => p.Length > 0))
            {
                chosen[int.Parse(parts[1], CultureInfo.InvariantCulture)].Add(long.Parse(number, CultureInfo.InvariantCulture));
            }
        }

        return chosen;
    }

    private static string ScriptFor(string[] expressions)
    {
        var script = new StringBuilder();
        script.AppendLine("local found = {}");
        script.AppendLine("local function listen(i, filter) found[i] = {} local t = Listener.new('frame', filter) function t.packet(pinfo) table.insert(found[i], pinfo.number) end end");
        for (int i = 0; i < expressions.Length; i++)
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"listen({i}, [==[{expressions[i]}]==])");
        }

        script.AppendLine("local last = Listener.new('frame')");
        script.AppendLine("function last.draw() for i, numbers in pairs(found) do print('@ ' .. i .. ' ' .. table.concat(numbers, ' ')) end end");
        return script.ToString();
    }
}
