using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using NetLab.Host.Names;
using NetLab.Host.Recording;
using NetLab.Host.Relays;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Udp.Links;

namespace NetLab.Host.Commands;

/// <summary><c>nlab dns SERVER NAME [TYPE]</c>: one question to a server of names, and its answer.</summary>
internal static class DnsCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    // As dig has them.
    private static readonly (ushort Flag, string Name)[] FlagNames =
    [
        (DnsHeader.Authoritative, "aa"), (DnsHeader.Truncated, "tc"), (DnsHeader.RecursionDesired, "rd"), (DnsHeader.RecursionAvailable, "ra"),
        (DnsHeader.AuthenticData, "ad"), (DnsHeader.CheckingDisabled, "cd"),
    ];

    public static Command Create()
    {
        var server = new Argument<string>("SERVER") { Description = "Who is asked: udp://HOST:PORT (then by TCP, if the answer comes cut), or tcp:// or kernel-tcp://" };
        var name = new Argument<string>("NAME") { Description = "The name; with PTR also an address" };
        var type = new Argument<string>("TYPE") { Description = "A, AAAA, CNAME, TXT, MX, NS, SOA, SRV, PTR, ANY, or TYPE and a number", DefaultValueFactory = _ => "A" };
        var size = new Option<int>("--bufsize") { Description = "The largest datagram that is taken (EDNS); 0 to send no EDNS", HelpName = "BYTES", DefaultValueFactory = _ => Edns.MaxSize };
        var tries = new Option<int>("--tries") { Description = "How often a datagram is sent before no answer is taken for none", HelpName = "N", DefaultValueFactory = _ => 3 };
        var cut = new Option<bool>("--ignore-truncation") { Description = "Leave an answer cut that comes so, and ask nobody by TCP" };
        var link = new Option<string?>("--link") { Description = "An emulated link that datagrams cross, such as delay=20ms,loss=5%", HelpName = "LINK", Validators = { CommonOptions.CheckLinkIsSaid } };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        Option<string> timeout = CommonOptions.Timeout("1s");
        Option<ulong?> seed = CommonOptions.Seed();
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("dns", "One question to a server of names; 1 if the answer is an error such as NXDOMAIN")
        {
            server, name, type, size, tries, cut, link, json, timeout, seed, allowRemote,
        };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LabAddress address = LabAddress.Parse(parsed.GetRequiredValue(server));
            DnsQuestion question = QuestionOf(parsed.GetRequiredValue(name), parsed.GetRequiredValue(type));
            LinkDescription? crossed = parsed.GetValue(link) is { } text ? LinkText.Parse(text) : null;
            if (crossed is not null && address.IsStream)
            {
                throw new UsageException($"--link: {address} is a stream, and datagrams cross the link");
            }

            ulong used = CommonOptions.SeedOf(crossed, parsed.GetValue(seed));
            if (crossed is null && parsed.GetValue(seed) is not null)
            {
                throw new UsageException("--seed: nothing is random without --link");
            }

            if (address.IsStream && Array.Find<Option>([tries, cut], o => parsed.GetResult(o) is { Implicit: false }) is { } idle)
            {
                throw new UsageException($"{idle.Name}: is of datagrams, and {address} is a stream");
            }

            int taken = parsed.GetValue(size);
            if (taken is not 0 and (< Edns.MinSize or > ushort.MaxValue))
            {
                throw new UsageException($"--bufsize {taken}: {Edns.MinSize} to {ushort.MaxValue}, or 0 for no EDNS");
            }

            if (parsed.GetValue(tries) is < 1 or > 100)
            {
                throw new UsageException($"--tries {parsed.GetValue(tries)}: 1 to 100");
            }

            using LabRecorder? recorder = recorded.From(parsed).For(address).Open();
            IPEndPoint peer = address.ResolvePeer(parsed.GetValue(allowRemote));
            using LinkRelay? relay = crossed is null ? null : StartLink(peer, crossed, used);
            var query = new NameQuery(question, new StreamOptions(DurationText.Parse(parsed.GetRequiredValue(timeout), "--timeout"), parsed.GetValue(allowRemote), recorder) { Place = "client" })
            {
                Size = taken == 0 ? null : taken,
                Tries = parsed.GetValue(tries),
                KeepsCut = parsed.GetValue(cut),
            };
            DnsAnswer answer = await query.AskAsync(address, relay?.LocalEndPoint, cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(Document(answer, query), Json));
            }
            else
            {
                Print(question, answer, query);
            }

            return answer.Code == ResponseCode.NoError ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static LinkRelay StartLink(IPEndPoint peer, LinkDescription link, ulong seed)
    {
        Console.Error.WriteLine($"link seed={seed}");
        return LabRelay.Start(peer, link, seed);
    }

    private static DnsQuestion QuestionOf(string name, string type)
    {
        ushort number = RecordType.Parse(type) ?? throw new UsageException($"'{type}': a type is a word such as A, TXT or TYPE257");
        string text = number == RecordType.Ptr && IPAddress.TryParse(name, out IPAddress? address) ? Reverse(address) : name;
        return DomainName.TryParse(text, DomainName.Root, out DomainName asked, out string? error)
            ? new DnsQuestion(asked, number, DnsQuestion.Internet)
            : throw new UsageException($"'{name}': {error}");
    }

    // RFC 1035, 3.5; RFC 3596, 2.5.
    private static string Reverse(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes.Length == 4
            ? string.Join('.', bytes.Reverse()) + ".in-addr.arpa."
            : string.Join('.', bytes.Reverse().Select(b => string.Create(CultureInfo.InvariantCulture, $"{b & 0xF:x}.{b >> 4:x}"))) + ".ip6.arpa.";
    }

    private static IEnumerable<string> Flags(DnsHeader header) => FlagNames.Where(f => header.Has(f.Flag)).Select(f => f.Name);

    private static object Document(DnsAnswer answer, NameQuery query) => new
    {
        Status = ResponseCode.NameOf(answer.Code),
        Flags = Flags(answer.Header),
        Question = answer.Question is { } asked ? new { Name = asked.Name.ToString(), Type = RecordType.NameOf(asked.Type) } : null,
        Answer = answer.Answers,
        answer.Authority,
        answer.Additional,
        EdnsSize = answer.Edns?.Size,
        Bytes = answer.Length,
        Datagrams = query.Sent,
        Stream = query.UsedStream,
        Milliseconds = Math.Round(query.Elapsed.TotalMilliseconds, 3),
    };

    private static void Print(DnsQuestion question, DnsAnswer answer, NameQuery query)
    {
        string edns = answer.Edns is { } opt ? string.Create(CultureInfo.InvariantCulture, $", EDNS size {opt.Size}") : "";
        Console.Out.WriteLine($"{ResponseCode.NameOf(answer.Code)}  {PlainText.Of(question.Name.ToString())} {RecordType.NameOf(question.Type)}  flags {string.Join(' ', Flags(answer.Header))}{edns}");
        foreach ((string section, IReadOnlyList<DnsAnswerRecord> records) in ((string, IReadOnlyList<DnsAnswerRecord>)[])[("answer", answer.Answers), ("authority", answer.Authority), ("additional", answer.Additional)])
        {
            foreach (DnsAnswerRecord record in records)
            {
                Console.Out.WriteLine(PlainText.Of(string.Create(CultureInfo.InvariantCulture, $"{section,-10}  {record.Name}  {record.Ttl}  {record.Type}  {record.Data}")));
            }
        }

        string way = query.UsedStream ? query.Sent > 0 ? "by datagram, cut, then by TCP" : "by stream" : query.Sent == 1 ? "by datagram" : $"by {query.Sent} datagrams";
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answer.Length} bytes {way} in {query.Elapsed.TotalMilliseconds:0.0} ms"));
    }
}
