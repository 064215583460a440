namespace NetLab.Host.Names;

/// <summary>
/// Answers questions about zones: a question's bytes in, an answer's bytes out, and nothing else (RFC 1034, 4.3.2). It asks nobody, and an
/// answer by datagram is never longer than the one who asks says to take, nor than <see cref="Edns.MaxSize"/>. Safe for use by several threads.
/// </summary>
/// <param name="zones">The zones.</param>
internal sealed class DnsResponder(ZoneSet zones)
{
    /// <summary>The longest message of a stream.</summary>
    public const int MaxMessage = ushort.MaxValue;

    // A longer chain of aliases is the asker's to follow: each is a question of its own then.
    private const int MaxAliases = 16;

    /// <summary>What has been answered so far.</summary>
    public DnsCounts Counts { get; } = new();

    /// <summary>Answers a question.</summary>
    /// <param name="message">The question.</param>
    /// <param name="answer">Where the answer goes; <see cref="MaxMessage"/> octets.</param>
    /// <param name="isStream">Whether it came by a stream, on which an answer may be as long as it is.</param>
    /// <returns>The length of the answer; 0 for none.</returns>
    public int Answer(ReadOnlySpan<byte> message, Span<byte> answer, bool isStream)
    {
        if (!DnsQuery.TryRead(message, out DnsQuery query))
        {
            Counts.CountIgnored();
            return 0;
        }

        int limit = isStream ? MaxMessage : Math.Min(query.Edns?.Size ?? Edns.MinSize, Edns.MaxSize);
        var response = new Response();
        if (WhyNot(query) is { } code)
        {
            response.Code = code;
        }
        else
        {
            Fill(ref response, query.Question!);
        }

        int length = Write(query, response, answer[..limit], out bool isCut);
        Counts.Count(response.Code, response.Answers.Count == 0 && response.Code == ResponseCode.NoError && !response.IsReferral, isCut, isStream);
        return length;
    }

    // What need not be looked up; null if it has to.
    private static int? WhyNot(in DnsQuery query)
    {
        if (query.Header.Opcode != 0)
        {
            return ResponseCode.NotImplemented;
        }

        if (!query.IsWell || query.Question is not { } question)
        {
            return ResponseCode.FormatError;
        }

        if (query.Edns is { Version: > 0 })
        {
            return ResponseCode.BadVersion;
        }

        return question switch
        {
            { Type: RecordType.Opt } => ResponseCode.FormatError,
            { Type: RecordType.Axfr or RecordType.Ixfr } or { Class: not DnsQuestion.Internet } => ResponseCode.Refused,
            { Type: not RecordType.Any } when RecordType.IsMeta(question.Type) => ResponseCode.NotImplemented,
            _ => null,
        };
    }

    private void Fill(ref Response response, DnsQuestion question)
    {
        DomainName name = question.Name;
        if (zones.Of(name) is not { } zone)
        {
            response.Code = ResponseCode.Refused;
            return;
        }

        response.IsAuthoritative = true;
        for (int i = 0; i < MaxAliases; i++)
        {
            Lookup found = zone.Find(name, question.Type);
            switch (found.Kind)
            {
                case LookupKind.Found:
                    response.Answers.Add(found.Set!);
                    AddAddresses(ref response, found.Set!);
                    return;
                case LookupKind.Alias:
                    if (response.Answers.Any(a => a.Owner.Equals(name)))
                    {
                        // Aliases in a circle: once around says all there is.
                        return;
                    }

                    response.Answers.Add(found.Set!);
                    name = new DomainName(found.Set!.Data[0]);
                    if (zones.Of(name) is not { } next)
                    {
                        return;
                    }

                    zone = next;
                    break;
                case LookupKind.Delegation:
                    // Of a cut the parent has no authority, unless an alias before it was its own.
                    response.IsAuthoritative = response.Answers.Count > 0;
                    response.IsReferral = true;
                    response.Authority = found.Set;
                    AddAddresses(ref response, found.Set!);
                    return;
                default:
                    response.Code = found.Kind == LookupKind.NoName ? ResponseCode.NameError : ResponseCode.NoError;
                    response.Authority = zone.Denial;
                    return;
            }
        }
    }

    private void AddAddresses(ref Response response, RecordSet set)
    {
        foreach (DomainName host in set.Targets)
        {
            foreach (RecordSet addresses in zones.Of(host)?.AddressesOf(host) ?? [])
            {
                if (!response.Additional.Contains(addresses))
                {
                    response.Additional.Add(addresses);
                }
            }
        }
    }

    private static int Write(in DnsQuery query, in Response response, Span<byte> answer, out bool isCut)
    {
        var writer = new ResponseWriter(answer, reserved: query.Edns is null ? 0 : Edns.Length);
        (ushort questions, ushort answers, ushort authorities, ushort additionals) = (0, 0, 0, 0);
        isCut = false;
        if (query.Question is { } question)
        {
            questions = writer.TryAdd(question) ? (ushort)1 : throw new InvalidOperationException("a question is longer than the least answer");
        }

        foreach (RecordSet set in response.Answers)
        {
            isCut = isCut || !writer.TryAdd(set, ref answers);
        }

        isCut = isCut || (response.Authority is { } authority && !writer.TryAdd(authority, ref authorities));
        foreach (RecordSet set in response.Additional)
        {
            // Without addresses within the cut a referral leads nowhere (RFC 9471, 3.1); others may be asked for.
            bool isNeeded = response.IsReferral && set.Owner.IsWithin(response.Authority!.Owner);
            isCut = isCut || (!writer.TryAdd(set, ref additionals) && isNeeded);
        }

        if (query.Edns is { } asked)
        {
            writer.Add(new Edns(Edns.MaxSize, 0, asked.IsSecure), response.Code);
            additionals++;
        }

        DnsHeader header = query.Header;
        ushort flags = (ushort)(DnsHeader.Response | (header.Flags & (0x7800 | DnsHeader.RecursionDesired | DnsHeader.CheckingDisabled)) | (response.Code & 0xF)
            | (response.IsAuthoritative ? DnsHeader.Authoritative : 0) | (isCut ? DnsHeader.Truncated : 0));
        new DnsHeader(header.Id, flags, questions, answers, authorities, additionals).Write(answer);
        return writer.Length;
    }

    private struct Response()
    {
        public int Code = ResponseCode.NoError;
        public bool IsAuthoritative;
        public bool IsReferral;
        public RecordSet? Authority;

        public List<RecordSet> Answers { get; } = [];

        public List<RecordSet> Additional { get; } = [];
    }
}
