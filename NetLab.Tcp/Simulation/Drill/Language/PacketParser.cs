using System.Globalization;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Simulation.Drill.Language;

/// <summary>Reads a segment: ECN field, flags, numbers, window, options.</summary>
internal static class PacketParser
{
    // One segment in is one datagram; one that is expected may stand for many, as segmentation offload shows them.
    private const int MaxInboundLength = 65_000;
    private const int MaxOutboundLength = 1 << 24;

    private static readonly string[] OtherProtocols = ["icmp", "udplite", "udp", "sctp", "ipv4", "ipv6", "gre", "mpls", "vxlan"];

    /// <summary>Reads a packet whose direction comes next.</summary>
    public static DrillPacket Parse(ScriptScanner scanner)
    {
        int start = scanner.Position;
        bool inbound = scanner.TryTake("<");
        if (!inbound)
        {
            scanner.Expect(">");
        }

        int line = scanner.Line;
        IReadOnlyList<EcnCodepoint> ecn = [];
        while (scanner.Next is '[' or '(')
        {
            ecn = ParseNetworkField(scanner, inbound) ?? ecn;
        }

        if (Array.Find(OtherProtocols, scanner.TryTakeWord) is { } protocol)
        {
            throw new DrillUnsupportedException(line, $"a packet of {protocol.ToUpperInvariant()}: the machine speaks TCP segments only");
        }

        SegmentFlags flags = ParseFlags(scanner);
        var packet = new DrillPacket { IsInbound = inbound, Text = "", Flags = flags, Ecn = ecn };
        packet = ParseNumbers(scanner, packet);
        bool hasOptions = false;
        while (true)
        {
            if (!hasOptions && scanner.TryTake("<"))
            {
                hasOptions = true;
                packet = packet with { Options = OptionParser.Parse(scanner, inbound) };
            }
            else if (scanner.TryTakeWord("ack"))
            {
                packet = packet with { Acknowledgment = (uint)scanner.TakeInteger("ack", 0, uint.MaxValue) };
            }
            else if (scanner.TryTakeWord("win"))
            {
                packet = packet with { Window = (ushort)scanner.TakeInteger("win", 0, ushort.MaxValue) };
            }
            else if (scanner.TryTakeWord("urg"))
            {
                packet = packet with { UrgentPointer = (ushort)scanner.TakeInteger("urg", 0, ushort.MaxValue) };
            }
            else if (scanner.TryTakeWord("cksum") || scanner.TryTakeWord("flowlabel"))
            {
                throw new DrillUnsupportedException(line, "a checksum or flow label of the script's own");
            }
            else
            {
                break;
            }
        }

        if (packet.Has(SegmentFlags.Ack) != packet.Acknowledgment is not null)
        {
            bool missing = packet.Acknowledgment is null;
            if (missing && inbound)
            {
                throw new DrillSyntaxException(line, "a segment with ACK needs 'ack' and a number");
            }
        }

        if (packet is { IsInbound: true, Sequence: null })
        {
            throw new DrillSyntaxException(line, "a segment of the script needs numbers, as in 1:1001(1000)");
        }

        return packet with { Text = scanner.TextSince(start).TrimStart('<', '>', ' ') };
    }

    private static DrillPacket ParseNumbers(ScriptScanner scanner, DrillPacket packet)
    {
        if (!char.IsAsciiDigit(scanner.Next))
        {
            return packet;
        }

        long sequence = scanner.TakeInteger("a sequence number", 0, uint.MaxValue);
        scanner.Expect(":");
        long end = scanner.TakeInteger("a sequence number", 0, uint.MaxValue);
        long length = unchecked((uint)(end - sequence));
        if (scanner.TryTake("("))
        {
            long said = scanner.TakeInteger("a length", 0, uint.MaxValue);
            scanner.Expect(")");
            if (said != length)
            {
                throw scanner.Error(string.Create(CultureInfo.InvariantCulture, $"{sequence}:{end} are {length} bytes, not {said}"));
            }
        }

        int limit = packet.IsInbound ? MaxInboundLength : MaxOutboundLength;
        if (length > limit)
        {
            throw scanner.Error($"a segment has at most {limit} bytes, not {length}");
        }

        return packet with { Sequence = (uint)sequence, Length = (int)length };
    }

    private static SegmentFlags ParseFlags(ScriptScanner scanner)
    {
        SegmentFlags flags = SegmentFlags.None;
        string found = scanner.Found();
        string letters = scanner.TakeWhile(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is '.' or '-');
        foreach (char letter in letters)
        {
            flags |= letter switch
            {
                'S' => SegmentFlags.Syn,
                'F' => SegmentFlags.Fin,
                'R' => SegmentFlags.Rst,
                'P' => SegmentFlags.Psh,
                '.' => SegmentFlags.Ack,
                'U' => SegmentFlags.Urg,
                'E' => SegmentFlags.Ece,
                'W' or 'C' => SegmentFlags.Cwr,
                'A' or 'N' => SegmentFlags.Ae,
                >= '0' and <= '7' => CountOf(letter - '0'),
                '-' => SegmentFlags.None,
                _ => throw scanner.Error($"{found} are no flags: S F R P . U E W A, a digit for the three ECN bits, or - are"),
            };
        }

        return letters.Length > 0 ? flags : throw scanner.Error($"flags are expected, not {found}");
    }

    // The three bits as one number (RFC 9768, 3.2).
    private static SegmentFlags CountOf(int count) =>
        ((count & 4) != 0 ? SegmentFlags.Ae : 0) | ((count & 2) != 0 ? SegmentFlags.Cwr : 0) | ((count & 1) != 0 ? SegmentFlags.Ece : 0);

    // [ect0] or (tos 0x02, ttl 64): of the IP header, only its ECN field has a counterpart here.
    private static EcnCodepoint[]? ParseNetworkField(ScriptScanner scanner, bool inbound)
    {
        int line = scanner.Line;
        bool bracket = scanner.TryTake("[");
        if (!bracket)
        {
            scanner.Expect("(");
        }

        EcnCodepoint[]? ecn = null;
        foreach (string field in scanner.TakeUntil(bracket ? "]" : ")", "the IP header's fields").Split(',', StringSplitOptions.TrimEntries))
        {
            string[] words = field.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["noecn"]:
                    ecn = [EcnCodepoint.NotEct];
                    break;
                case ["ect0"]:
                    ecn = [EcnCodepoint.Ect0];
                    break;
                case ["ect1"]:
                    ecn = [EcnCodepoint.Ect1];
                    break;
                case ["ect01"]:
                    ecn = [EcnCodepoint.Ect0, EcnCodepoint.Ect1];
                    break;
                case ["ce"]:
                    ecn = [EcnCodepoint.Ce];
                    break;
                case ["nocheck"] or [] or ["ttl", ..] or ["flags", ..] or ["id", ..] when inbound || words is not ["ttl", ..]:
                    break;
                case ["tos" or "tclass", var number] when TryParseByte(number, out int value) && value <= 3:
                    ecn = [(EcnCodepoint)value];
                    break;
                case ["tos" or "tclass" or "ttl" or "hlim" or "flowlabel", ..]:
                    throw new DrillUnsupportedException(line, $"'{field}': of the IP header the machine knows the ECN field only");
                default:
                    throw new DrillSyntaxException(line, $"'{field}' is no field of an IP header; noecn, ect0, ect1, ect01, ce and tos are");
            }
        }

        return ecn;
    }

    private static bool TryParseByte(string text, out int value) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
