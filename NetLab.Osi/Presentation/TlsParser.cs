using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Presentation;

/// <summary>The records of one direction of TLS (RFC 8446, 5), decrypted where the secrets are known, and the messages in them.</summary>
/// <param name="protocol">What both directions know of each other.</param>
/// <param name="isClient">Whether the client of TLS sends in this one.</param>
internal sealed class TlsParser(TlsProtocol protocol, bool isClient) : StreamParser
{
    // Certificates are the longest of messages that are not encrypted; whoever sends more has no handshake in mind.
    private const int MaxHandshake = 256 << 10;
    private const int MessageHeader = 4;
    private const int Finished = 20;
    private const int KeyUpdate = 24;

    private List<byte>? _handshake;
    private TlsKeys? _keys;
    private int _skipping;
    private (int Version, int Length) _skipped;
    private int _held;
    private bool _isNoted;
    private bool _isEncrypted;
    private bool _isResuming;
    private bool _sawRecord;

    public override Protocol Protocol => TlsProtocol.Value;

    public override bool HoldsBytes => _held > 0;

    public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[at..];
            if (_skipping > 0)
            {
                at += Skip(segment, rest);
                continue;
            }

            if (isClient && !_sawRecord && Ssl2Hello.Begins(rest))
            {
                int size = 2 + Ssl2Hello.LengthOf(rest);
                if (rest.Length < size)
                {
                    break;
                }

                TlsDetail hello = DetailOn(segment);
                hello.AddSsl2(rest[..size], out ClientHello offered);
                protocol.ClientHello = offered;
                _sawRecord = true;
                at += size;
                continue;
            }

            if (!TlsProtocol.IsRecord(rest))
            {
                // In the middle of a record whose beginning was not captured: the next one may begin with a segment.
                return protocol.MayResume || _isResuming ? bytes.Length : NotMine;
            }

            if (rest.Length < TlsProtocol.HeaderSize)
            {
                break;
            }

            _sawRecord = true;
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[3..]);
            bool isReadable = rest[0] != TlsNumbers.ApplicationData || CipherFor(segment) is not null;
            if (!isReadable && length > 0)
            {
                // Nobody can read it: it is passed over as it comes.
                (_skipping, _isNoted, _skipped) = (length, false, (BinaryPrimitives.ReadUInt16BigEndian(rest[1..]), length));
                at += TlsProtocol.HeaderSize;
                continue;
            }

            if (rest.Length < TlsProtocol.HeaderSize + length)
            {
                break;
            }

            TlsDetail detail = DetailOn(segment);
            detail.Records.Add(rest[0]);
            int type = Take(segment, detail, rest[..TlsProtocol.HeaderSize], rest.Slice(TlsProtocol.HeaderSize, length));
            detail.Headers.Add((BinaryPrimitives.ReadUInt16BigEndian(rest[1..]), length, type));
            at += TlsProtocol.HeaderSize + length;
        }

        return at;
    }

    /// <inheritdoc/>
    /// <remarks>What is spoken inside holds bytes of its own.</remarks>
    public override void GiveUp()
    {
        (_handshake, _held) = (null, 0);
        protocol.GiveUpInner();
    }

    /// <inheritdoc/>
    /// <remarks>Records are numbered, and none behind a hole can be decrypted (RFC 8446, 5.3).</remarks>
    public override bool Skip(in StreamSegment segment, long missing)
    {
        segment.Release(_held);
        (_handshake, _held, _isResuming) = (null, 0, true);
        _keys?.Lose();
        if (_skipping > missing)
        {
            _skipping -= (int)missing;
        }
        else
        {
            _skipping = 0;
        }

        return true;
    }

    /// <inheritdoc/>
    /// <remarks>A record whose end was not captured is named by its header, and its handshake by what is there of it.</remarks>
    public override void OnCut(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        if (_skipping > 0 && !_isNoted)
        {
            NoteSkipped(segment);
        }
        else if (bytes.Length >= TlsProtocol.HeaderSize && TlsProtocol.IsRecord(bytes))
        {
            TlsDetail detail = DetailOn(segment);
            (int version, int length) = (BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]));
            detail.Records.Add(bytes[0]);
            detail.Headers.Add((version, length, bytes[0]));
            if (bytes[0] == TlsNumbers.Handshake && !_isEncrypted)
            {
                TakeHandshake(segment, detail, bytes[TlsProtocol.HeaderSize..]);
                TakeCutMessage(segment, detail);
            }

            (_skipping, _isNoted) = (TlsProtocol.HeaderSize + length - bytes.Length, true);
        }

        _keys?.Lose();
    }

    public override void OnEnd(in StreamSegment segment) => protocol.EndInner(segment);

    private static TlsDetail DetailOn(in StreamSegment segment) => segment.Layer(TlsProtocol.Value, static () => new TlsDetail());

    private TlsRecordCipher? CipherFor(in StreamSegment segment) =>
        segment.Recall(TlsSecrets.Slot).IsEmpty ? null : (_keys ??= new TlsKeys(protocol)).Cipher(segment.Recall(TlsSecrets.Slot), isClient);

    private int Skip(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        int step = Math.Min(_skipping, bytes.Length);
        _skipping -= step;
        if (_skipping == 0 && !_isNoted)
        {
            NoteSkipped(segment);
        }

        return step;
    }

    private void NoteSkipped(in StreamSegment segment)
    {
        TlsDetail detail = DetailOn(segment);
        detail.Records.Add(TlsNumbers.ApplicationData);
        detail.Headers.Add((_skipped.Version, _skipped.Length, protocol.IsVersion13 ? -1 : TlsNumbers.ApplicationData));
        _isNoted = true;
    }

    // The message at the end of a record that was cut: its fields as far as they go.
    private void TakeCutMessage(in StreamSegment segment, TlsDetail detail)
    {
        if (_handshake is { Count: > MessageHeader + sizeof(ushort) })
        {
            ReadOnlySpan<byte> message = CollectionsMarshal.AsSpan(_handshake);
            TakeMessage(segment, detail, message[0], message[MessageHeader..]);
        }

        segment.Release(_held);
        (_handshake, _held) = (null, 0);
    }

    // Takes a record; returns its content type, -1 if that is encrypted (RFC 8446, 5.2) and stays so.
    private int Take(in StreamSegment segment, TlsDetail detail, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        int type = header[0];
        if (type == TlsNumbers.ChangeCipherSpec)
        {
            _isEncrypted = !protocol.IsVersion13;
            _handshake = null;
            if (_isEncrypted && !segment.Recall(TlsSecrets.Slot).IsEmpty)
            {
                (_keys ??= new TlsKeys(protocol)).Change(segment.Recall(TlsSecrets.Slot), isClient);
            }

            return type;
        }

        bool isEncrypted = _isEncrypted || type == TlsNumbers.ApplicationData;
        if (!isEncrypted)
        {
            TakeContent(segment, detail, type, body);
        }
        else if (CipherFor(segment)?.Open(ref type, header, body) is { } content)
        {
            TakeContent(segment, detail, type, content);
        }
        else if (type == TlsNumbers.ApplicationData && protocol.IsVersion13)
        {
            return -1;
        }

        return type;
    }

    private void TakeContent(in StreamSegment segment, TlsDetail detail, int type, ReadOnlySpan<byte> content)
    {
        switch (type)
        {
            case TlsNumbers.Alert when content.Length == 2:
                detail.Alerts.Add(content[1]);
                break;
            case TlsNumbers.Handshake:
                TakeHandshake(segment, detail, content);
                break;
            case TlsNumbers.ApplicationData:
                detail.DecryptedBytes += content.Length;
                segment.Options.DecryptedBytes?.Invoke(segment.Stream, segment.FromClient, content);
                protocol.Inner.Accept(segment.Inside(protocol.Inner), content);
                break;
            default:
                break;
        }
    }

    // A message may span records, and a record hold several (RFC 8446, 5.1).
    private void TakeHandshake(in StreamSegment segment, TlsDetail detail, ReadOnlySpan<byte> body)
    {
        _handshake?.AddRange(body);
        ReadOnlySpan<byte> bytes = _handshake is null ? body : CollectionsMarshal.AsSpan(_handshake);
        int at = 0;
        while (bytes.Length - at >= MessageHeader)
        {
            int length = (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) & 0xFF_FFFF);
            if (length > MaxHandshake)
            {
                at = bytes.Length;
                break;
            }

            if (bytes.Length - at - MessageHeader < length)
            {
                break;
            }

            TakeMessage(segment, detail, bytes[at], bytes.Slice(at + MessageHeader, length));
            at += MessageHeader + length;
        }

        int left = bytes.Length - at;
        if (left == 0)
        {
            _handshake = null;
        }
        else if (_handshake is null)
        {
            _handshake = [.. bytes[at..]];
        }
        else
        {
            _handshake.RemoveRange(0, at);
        }

        segment.Release(_held - left);
        if (left > _held && !segment.TryHold(left - _held))
        {
            (_handshake, left) = (null, 0);
        }

        _held = left;
    }

    private void TakeMessage(in StreamSegment segment, TlsDetail detail, int type, ReadOnlySpan<byte> body)
    {
        detail.Add(type, body, out ClientHello? clientHello, out ServerHello? serverHello);
        protocol.ClientHello = clientHello ?? protocol.ClientHello;
        protocol.ServerHello = serverHello ?? protocol.ServerHello;
        if (type == Finished)
        {
            _keys?.Finished(segment.Recall(TlsSecrets.Slot), isClient);
        }
        else if (type == KeyUpdate)
        {
            _keys?.Update();
        }
    }
}
