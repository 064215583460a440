using System.Globalization;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>SIP messages (RFC 3261): methods, status codes and Call-IDs of those a packet brings.</summary>
internal sealed class SipDetail : LayerDetail
{
    internal static class Fields
    {
        public static readonly Field Method = Field.Text("method", "sip.Method");
        public static readonly Field Status = Field.Number("status", "sip.Status-Code");
        public static readonly Field CallId = Field.Text("call_id", "sip.Call-ID");

        public static readonly Field[] All = [Method, Status, CallId];
    }

    private readonly List<string> _methods = [];
    private readonly List<int> _status = [];
    private readonly List<string> _callIds = [];

    public override void Describe(in LayerEntry entry, IFieldSink sink)
    {
        if (_methods.Count > 0)
        {
            sink.Texts(Fields.Method, _methods, entry.Offset, entry.Length);
        }

        if (_status.Count > 0)
        {
            sink.Numbers(Fields.Status, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_status), entry.Offset, entry.Length);
        }

        if (_callIds.Count > 0)
        {
            sink.Texts(Fields.CallId, _callIds, entry.Offset, entry.Length);
        }
    }

    /// <summary>Reads a message's header.</summary>
    /// <param name="header">Its lines, without the empty one.</param>
    /// <returns>Bytes of body that it announces; 0 if it does not say.</returns>
    public int Add(ReadOnlySpan<byte> header)
    {
        int bodyLength = 0;
        bool isFirst = true;
        bool hasCallId = false;
        foreach (Range range in header.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = header[range].TrimEnd((byte)'\r');
            if (isFirst)
            {
                isFirst = false;
                AddFirstLine(line);
                continue;
            }

            ReadOnlySpan<byte> name = AsciiText.First(line, ":"u8);
            ReadOnlySpan<byte> value = line[Math.Min(line.Length, name.Length + 1)..].Trim((byte)' ');
            name = name.TrimEnd((byte)' ');

            // RFC 3261, 7.3.3: both names have a short form.
            if (!hasCallId && (AsciiText.Same(name, "Call-ID"u8) || AsciiText.Same(name, "i"u8)))
            {
                hasCallId = true;
                _callIds.Add(AsciiText.Text(value));
            }
            else if ((AsciiText.Same(name, "Content-Length"u8) || AsciiText.Same(name, "l"u8))
                && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int length))
            {
                bodyLength = length;
            }
        }

        return bodyLength;
    }

    private void AddFirstLine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("SIP/2.0 "u8))
        {
            _methods.Add(AsciiText.Text(AsciiText.First(line, " "u8)));
        }
        else if (int.TryParse(AsciiText.First(line[8..], " "u8), NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            _status.Add(status);
        }
    }
}
