using NetLab.Osi.Presentation;

namespace NetLab.Osi.Transport.Quic;

/// <summary>What an onlooker knows of a QUIC connection: identifiers, the keys of Initial packets, and the handshake in them.</summary>
/// <param name="connections">All of them, which together keep a bounded number of bytes; null for one that ends with its datagram.</param>
internal sealed class QuicConnection(QuicConnections? connections = null)
{
    private readonly CryptoStream _fromLow = new();
    private readonly CryptoStream _fromHigh = new();
    private int _held;
    private (QuicKeys Client, QuicKeys Server)? _keys;
    private byte[] _tried = [];
    private byte[]? _lowId;
    private byte[]? _highId;
    private bool _clientIsLow;
    private bool _hasClient;

    /// <summary>Lets go of keys and of what was put together: too many other connections came after.</summary>
    public void Forget()
    {
        _keys?.Client.Dispose();
        _keys?.Server.Dispose();
        (_keys, _hasClient) = (null, false);
        _fromLow.Clear();
        _fromHigh.Clear();
        Account();
    }

    /// <summary>The connection identifier that an end chose, so that short headers to it can be read; null as long as it is not known.</summary>
    /// <param name="ofLow">Which end.</param>
    public byte[]? Identifier(bool ofLow) => ofLow ? _lowId : _highId;

    /// <summary>A long header told the identifier that its sender wants to be called by.</summary>
    public void LearnSource(bool fromLow, ReadOnlySpan<byte> identifier)
    {
        ref byte[]? known = ref fromLow ? ref _lowId : ref _highId;
        if (known is null || !identifier.SequenceEqual(known))
        {
            known = identifier.ToArray();
        }
    }

    /// <summary>Reads an Initial packet.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="fromLow">Which end sent it.</param>
    /// <param name="destination">The identifier it is sent to.</param>
    /// <param name="packet">It, from its first byte to its last.</param>
    /// <param name="numberAt">Where its packet number stands.</param>
    /// <param name="detail">Gets the handshake messages that it completes.</param>
    public void TakeInitial(QuicVersion version, bool fromLow, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> packet, int numberAt, TlsDetail detail)
    {
        if (!_hasClient)
        {
            (_clientIsLow, _hasClient) = (fromLow, true);
            _keys = QuicKeys.Derive(version, destination);
            _tried = destination.ToArray();
        }

        bool fromClient = fromLow == _clientIsLow;
        byte[]? frames = (fromClient ? _keys!.Value.Client : _keys!.Value.Server).Open(packet, numberAt);
        if (frames is null && fromClient && !destination.SequenceEqual(_tried))
        {
            _tried = destination.ToArray();

            // After a Retry, or in a new connection between the same ends, the client begins with another identifier.
            (QuicKeys client, QuicKeys server) = QuicKeys.Derive(version, destination);
            frames = client.Open(packet, numberAt);
            (QuicKeys Client, QuicKeys Server) unused = frames is null ? (client, server) : _keys!.Value;
            unused.Client.Dispose();
            unused.Server.Dispose();
            if (frames is not null)
            {
                _keys = (client, server);
                _fromLow.Clear();
                _fromHigh.Clear();
            }
        }

        if (frames is not null)
        {
            QuicFrames.Take(frames, version.IsGoogles, fromLow ? _fromLow : _fromHigh, detail);
        }

        Account();
    }

    /// <summary>Takes bytes of a handshake, wherever they came from.</summary>
    public void TakeCrypto(bool fromLow, long offset, ReadOnlySpan<byte> bytes, TlsDetail detail)
    {
        (fromLow ? _fromLow : _fromHigh).Take(offset, bytes, detail);
        Account();
    }

    private void Account()
    {
        int more = _fromLow.Held + _fromHigh.Held - _held;
        _held += more;
        if (more > 0)
        {
            connections?.Hold(more);
        }
        else
        {
            connections?.Release(-more);
        }
    }

    /// <summary>The bytes of CRYPTO frames put in order, and the handshake messages in them.</summary>
    internal sealed class CryptoStream
    {
        // Initial packets hold a hello; the certificates come in packets that nobody can read.
        private const int MaxBytes = 64 << 10;
        private const int MaxPieces = 64;
        private const int MessageHeader = 4;

        private readonly SortedList<long, byte[]> _waiting = [];
        private readonly List<byte> _bytes = [];
        // What a piece costs beside its bytes: the object and its place in the list.
        private const int PieceCost = 48;

        private long _next;
        private int _pieces;

        /// <summary>Memory that is held for what waits.</summary>
        public int Held => _pieces + _bytes.Capacity;

        public void Clear()
        {
            _waiting.Clear();
            _bytes.Clear();
            _bytes.Capacity = 0;
            (_next, _pieces) = (0, 0);
        }

        public void Take(long offset, ReadOnlySpan<byte> bytes, TlsDetail detail)
        {
            if (offset > MaxBytes || _waiting.Count >= MaxPieces)
            {
                return;
            }

            // Of two that begin together, the longer says more.
            if (!_waiting.TryGetValue(offset, out byte[]? known) || known.Length < bytes.Length)
            {
                _pieces += bytes.Length - (known?.Length ?? -PieceCost);
                _waiting[offset] = bytes.ToArray();
            }

            while (_waiting.Count > 0 && _waiting.GetKeyAtIndex(0) <= _next)
            {
                long start = _waiting.GetKeyAtIndex(0);
                byte[] piece = _waiting.GetValueAtIndex(0);
                _waiting.RemoveAt(0);
                _pieces -= piece.Length + PieceCost;
                if (start + piece.Length > _next)
                {
                    _bytes.AddRange(piece.AsSpan((int)(_next - start)));
                    _next = start + piece.Length;
                }
            }

            TakeMessages(detail);
        }

        private void TakeMessages(TlsDetail detail)
        {
            ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);
            int at = 0;
            while (bytes.Length - at >= MessageHeader)
            {
                int length = (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
                if (bytes.Length - at - MessageHeader < length)
                {
                    break;
                }

                detail.Add(bytes[at], bytes.Slice(at + MessageHeader, length), out _, out _);
                at += MessageHeader + length;
            }

            _bytes.RemoveRange(0, at);
            if (_bytes.Count == 0)
            {
                _bytes.Capacity = 0;
            }
        }
    }
}
