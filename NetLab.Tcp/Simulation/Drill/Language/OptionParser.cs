using System.Buffers.Binary;
using System.Globalization;

namespace NetLab.Tcp.Simulation.Drill.Language;

/// <summary>Reads a segment's options, between angle brackets.</summary>
internal static class OptionParser
{
    // A header of 60 bytes has room for 40.
    private const int MaxBytes = 40;

    /// <summary>Reads up to the closing bracket.</summary>
    /// <returns>The options in their order; null for any.</returns>
    public static IReadOnlyList<DrillOption>? Parse(ScriptScanner scanner, bool inbound)
    {
        List<DrillOption> options = [];
        if (scanner.TryTake("..."))
        {
            scanner.Expect(">");
            return inbound ? throw scanner.Error("'<...>' says nothing that could be sent") : null;
        }

        while (!scanner.TryTake(">"))
        {
            if (options.Count > 0)
            {
                scanner.Expect(",");
            }

            options.Add(ParseOne(scanner, inbound));
            if (options.Sum(o => o.Size) > MaxBytes)
            {
                throw scanner.Error($"a header has room for {MaxBytes} bytes of options");
            }
        }

        return options;
    }

    private static DrillOption ParseOne(ScriptScanner scanner, bool inbound)
    {
        int line = scanner.Line;
        string found = scanner.Found();
        string name = scanner.TakeWord();
        switch (name)
        {
            case "mss":
                byte[] size = new byte[2];
                BinaryPrimitives.WriteUInt16BigEndian(size, (ushort)scanner.TakeInteger("mss", 0, ushort.MaxValue));
                return new DrillOption(DrillOption.MaxSegmentSize, size);
            case "wscale":
                return new DrillOption(DrillOption.WindowScale, [(byte)scanner.TakeInteger("wscale", 0, byte.MaxValue)]);
            case "sackOK" or "sackok":
                return new DrillOption(DrillOption.SackPermitted, []);
            case "nop" or "NOP":
                return new DrillOption(DrillOption.NoOperation, []);
            case "eol" or "EOL":
                return new DrillOption(DrillOption.End, []);
            case "TS":
                return ParseTimestamps(scanner, inbound);
            case "sack":
                return ParseBlocks(scanner);
            case "kind":
                return ParseUnknown(scanner);
            case "ECN" or "AccECN" or "accECN":
                return ParseCounters(scanner);
            case "md5" or "tcpao" or "mptcp" or "mp_capable" or "mp_join" or "FO" or "FOEXP" or "dss" or "add_address" or "remove_address"
                or "mp_fail" or "mp_fastclose" or "exp" or "smc":
                throw new DrillUnsupportedException(line, $"the option '{name}': {ReasonFor(name)}");
            default:
                throw new DrillSyntaxException(line, $"{found} is no option; mss, wscale, sackOK, sack, TS, ECN, nop and eol are");
        }
    }

    private static string ReasonFor(string name) => name switch
    {
        "FO" or "FOEXP" => "the machine has no Fast Open (RFC 7413)",
        "md5" or "tcpao" => "the machine does not sign segments (RFC 2385, RFC 5925)",
        _ => "the machine does not have it",
    };

    private static DrillOption ParseTimestamps(ScriptScanner scanner, bool inbound)
    {
        byte[] value = new byte[8];
        if (!scanner.TryTakeWord("val") && !scanner.TryTakeWord("value"))
        {
            throw scanner.Error($"'val' is expected, not {scanner.Found()}");
        }

        bool anyValue = scanner.TryTake("...");
        BinaryPrimitives.WriteUInt32BigEndian(value, anyValue ? 0 : (uint)scanner.TakeInteger("TS val", 0, uint.MaxValue));
        scanner.Expect("ecr");
        bool anyEcho = scanner.TryTake("...");
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(4), anyEcho ? 0 : (uint)scanner.TakeInteger("TS ecr", 0, uint.MaxValue));
        return inbound && (anyValue || anyEcho) ? throw scanner.Error("'...' says nothing that could be sent")
            : new DrillOption(DrillOption.Timestamps, value) { IsAnyTimestamp = anyValue, IsAnyEcho = anyEcho };
    }

    private static DrillOption ParseBlocks(ScriptScanner scanner)
    {
        List<byte> value = [];
        Span<byte> number = stackalloc byte[4];
        while (char.IsAsciiDigit(scanner.Next))
        {
            BinaryPrimitives.WriteUInt32BigEndian(number, (uint)scanner.TakeInteger("sack", 0, uint.MaxValue));
            value.AddRange(number);
            scanner.Expect(":");
            BinaryPrimitives.WriteUInt32BigEndian(number, (uint)scanner.TakeInteger("sack", 0, uint.MaxValue));
            value.AddRange(number);
            if (value.Count > MaxBytes)
            {
                throw scanner.Error("an option of SACK holds four blocks");
            }
        }

        return value.Count > 0 ? new DrillOption(DrillOption.Sack, [.. value]) : throw scanner.Error($"'sack' needs blocks, as in 1:1001, not {scanner.Found()}");
    }

    // kind 253 a1b2: an option that has no name here, its value in hexadecimal.
    private static DrillOption ParseUnknown(ScriptScanner scanner)
    {
        byte kind = (byte)scanner.TakeInteger("kind", 2, byte.MaxValue);
        _ = scanner.Next;
        string digits = scanner.TakeWhile(char.IsAsciiHexDigit);
        return digits.Length % 2 == 0 && digits.Length <= 2 * MaxBytes ? new DrillOption(kind, Convert.FromHexString(digits)) : throw scanner.Error("an option's value is bytes in hexadecimal");
    }

    // ECN e1b 1 ceb 0 e0b 1: three counters of 24 bits, and the one that stands first says which option it is.
    private static DrillOption ParseCounters(ScriptScanner scanner)
    {
        List<byte> value = [];
        byte kind = DrillOption.AccurateEcn0;
        string[]? order = null;
        while (value.Count < 9 && (scanner.Next is 'e' or 'c'))
        {
            string name = scanner.TakeWord();
            order ??= name == "e1b" ? ["e1b", "ceb", "e0b"] : ["e0b", "ceb", "e1b"];
            kind = order[0] == "e1b" ? DrillOption.AccurateEcn1 : DrillOption.AccurateEcn0;
            if (name != order[value.Count / 3])
            {
                throw scanner.Error(string.Create(CultureInfo.InvariantCulture, $"'{name}' is no counter here: they are {string.Join(", ", order)} in this order"));
            }

            uint count = (uint)scanner.TakeInteger(name, 0, 0xFF_FFFF);
            value.AddRange([(byte)(count >> 16), (byte)(count >> 8), (byte)count]);
        }

        return new DrillOption(kind, [.. value]);
    }
}
