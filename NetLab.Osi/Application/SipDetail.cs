using System.Globalization;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Application;

/// <summary>SIP messages (RFC 3261): methods, status codes and Call-IDs of those a packet brings.</summary>
internal sealed class SipDetail : LayerDetail
{
    private readonly List<string> _methods = [];
    private readonly List<int> _status = [];
    private readonly List<string> _callIds = [];

    public override void Describe(in LayerEntry entry, IFieldSink sink)
    {
        if (_methods.Count > 0)
        {
            sink.Texts("method"u8, _methods, entry.Offset, entry.Length);
        }

        if (_status.Count > 0)
        {
            sink.Numbers("status"u8, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_status), entry.Offset, entry.Length);
        }

        if (_callIds.Count > 0)
        {
            sink.Texts("call_id"u8, _callIds, entry.Offset, entry.Length);
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

            ReadOnlySpan<byte> name = Words.First(line, ":"u8);
            ReadOnlySpan<byte> value = line[Math.Min(line.Length, name.Length + 1)..].Trim((byte)' ');
            name = name.TrimEnd((byte)' ');

            // RFC 3261, 7.3.3: both names have a short form.
            if (!hasCallId && (Words.Same(name, "Call-ID"u8) || Words.Same(name, "i"u8)))
            {
                hasCallId = true;
                _callIds.Add(Words.Text(value));
            }
            else if ((Words.Same(name, "Content-Length"u8) || Words.Same(name, "l"u8))
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
            _methods.Add(Words.Text(Words.First(line, " "u8)));
        }
        else if (int.TryParse(Words.First(line[8..], " "u8), NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            _status.Add(status);
        }
    }
}
