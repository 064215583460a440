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
        public static readonly Field Status = Field.Number("status", "sip.Status-Code", width: 4);
        public static readonly Field CallId = Field.Text("call_id", "sip.Call-ID");

        public static readonly Field FromUser = Field.Text(null, "sip.from.user", about: "User who calls");
        public static readonly Field ToUser = Field.Text(null, "sip.to.user", about: "User who is called");
        public static readonly Field Sequence = Field.Text(null, "sip.CSeq", about: "Number and method of the request");
        public static readonly Field UserAgent = Field.Text(null, "sip.User-Agent", about: "Program of the sender");
        public static readonly Field RequestUri = Field.Text(null, "sip.r-uri", about: "Who or what is asked");
        public static readonly Field From = Field.Text(null, "sip.From", about: "Who calls");
        public static readonly Field To = Field.Text(null, "sip.To", about: "Who is called");
        public static readonly Field Contact = Field.Text(null, "sip.Contact", about: "Where to reach the sender");
        public static readonly Field Via = Field.Text(null, "sip.Via", about: "Way of the request");

        public static readonly Field[] All = [Method, Status, CallId, FromUser, ToUser, Sequence, UserAgent, RequestUri, From, To, Contact, Via];
    }

    private readonly List<string> _methods = [];
    private readonly List<int> _status = [];
    private readonly List<string> _callIds = [];
    private readonly FieldValues _more = new();

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

        _more.Describe(entry.Offset, entry.Length, sink);
    }

    /// <summary>Bytes of body that a header announces; -1 if it does not say.</summary>
    public static int BodyLength(ReadOnlySpan<byte> header)
    {
        foreach (Range range in header.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = header[range].TrimEnd((byte)'\r');
            ReadOnlySpan<byte> name = AsciiText.First(line, ":"u8);
            ReadOnlySpan<byte> value = line[Math.Min(line.Length, name.Length + 1)..].Trim((byte)' ');
            name = name.TrimEnd((byte)' ');
            if ((AsciiText.Same(name, "Content-Length"u8) || AsciiText.Same(name, "l"u8))
                && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int length))
            {
                return length;
            }
        }

        return -1;
    }

    /// <summary>Reads a message's header.</summary>
    /// <param name="header">Its lines, without the empty one.</param>
    /// <param name="mediaType">The media type of the body; null if it does not say.</param>
    /// <returns>Bytes of body that it announces; -1 if it does not say.</returns>
    public int Add(ReadOnlySpan<byte> header, out string? mediaType)
    {
        mediaType = null;
        int bodyLength = -1;
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
            else if (AsciiText.Same(name, "Content-Type"u8) || AsciiText.Same(name, "c"u8))
            {
                mediaType ??= AsciiText.Text(value);
            }
            else
            {
                AddMore(name, value);
            }
        }

        return bodyLength;
    }

    private void AddMore(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (AsciiText.Same(name, "From"u8) || AsciiText.Same(name, "f"u8))
        {
            _more.Add(Fields.From, value);
            AddUser(Fields.FromUser, value);
        }
        else if (AsciiText.Same(name, "To"u8) || AsciiText.Same(name, "t"u8))
        {
            _more.Add(Fields.To, value);
            AddUser(Fields.ToUser, value);
        }
        else if (AsciiText.Same(name, "CSeq"u8))
        {
            _more.Add(Fields.Sequence, value);
        }
        else if (AsciiText.Same(name, "User-Agent"u8))
        {
            _more.Add(Fields.UserAgent, value);
        }
        else if (AsciiText.Same(name, "Contact"u8) || AsciiText.Same(name, "m"u8))
        {
            _more.Add(Fields.Contact, value);
        }
        else if (AsciiText.Same(name, "Via"u8) || AsciiText.Same(name, "v"u8))
        {
            _more.Add(Fields.Via, value);
        }
    }

    // RFC 3261, 25.1: a name and <sip:user:password@host;parameters>, or the URI alone.
    private void AddUser(Field field, ReadOnlySpan<byte> value)
    {
        int open = value.IndexOf((byte)'<');
        ReadOnlySpan<byte> uri = open < 0 ? AsciiText.First(value, ";"u8) : AsciiText.First(value[(open + 1)..], ">"u8);
        int scheme = uri.IndexOf((byte)':');
        int at = uri.IndexOf((byte)'@');
        if (scheme >= 0 && at > scheme)
        {
            _more.Add(field, AsciiText.First(uri[(scheme + 1)..at], ":;"u8));
        }
    }

    private void AddFirstLine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("SIP/2.0 "u8))
        {
            ReadOnlySpan<byte> method = AsciiText.First(line, " "u8);
            _methods.Add(AsciiText.Text(method));
            _more.Add(Fields.RequestUri, AsciiText.First(line[Math.Min(line.Length, method.Length + 1)..], " "u8));
        }
        else if (int.TryParse(AsciiText.First(line[8..], " "u8), NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            _status.Add(status);
        }
    }
}
