using NetLab.Osi.Protocols;

namespace NetLab.Osi.Indexing;

/// <summary>Which packets belong together, noted as they come: each knows the one before it in its conversation. One thread notes; any may ask.</summary>
internal sealed class ConversationLinks
{
    private readonly NumberList _lastOfTcp = new();
    private readonly NumberList _lastOfUdp = new();
    private readonly List<(bool IsUdp, int Conversation)> _long = [];
    private uint[] _countsOfTcp = new uint[256];
    private uint[] _countsOfUdp = new uint[256];
    private long _lastFragment;

    /// <summary>Packets from which on a conversation is a long one.</summary>
    public const int LongFrom = 2 * Checkpoints.Packets;

    /// <summary>The conversations that have so many packets that the way to their later ones is long.</summary>
    public IReadOnlyList<(bool IsUdp, int Conversation)> Long
    {
        get
        {
            lock (_long)
            {
                return [.. _long];
            }
        }
    }

    /// <summary>The last packet of a conversation; 0 if none can be asked for.</summary>
    public long Last(bool isUdp, int conversation) => (isUdp ? _lastOfUdp : _lastOfTcp)[conversation];

    /// <summary>Notes what a packet belongs to.</summary>
    /// <param name="number">The packet.</param>
    /// <param name="decoded">What was found in it.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="record">Gets what is noted.</param>
    public void Note(long number, DecodedPacket decoded, ReadOnlySpan<byte> bytes, ref PacketRecord record)
    {
        (record.TcpStream, record.UdpConversation, record.OuterUdpConversation, record.MiddleUdpConversation) = (decoded.TcpStreamNumber ?? -1, -1, -1, -1);
        if (decoded.UdpConversations is [.., var last])
        {
            record.OuterUdpConversation = decoded.UdpConversations[0].Number;
            record.MiddleUdpConversation = decoded.UdpConversations.Count > 2 ? decoded.UdpConversations[1].Number : -1;
            record.UdpConversation = last.Number;
            record.PreviousInUdp = (uint)_lastOfUdp.Exchange(last.Number, number);
            record.Ordinal = Count(ref _countsOfUdp, true, last.Number);
        }

        if (record.TcpStream >= 0)
        {
            record.PreviousInTcp = (uint)_lastOfTcp.Exchange(record.TcpStream, number);
            record.Ordinal = Count(ref _countsOfTcp, false, record.TcpStream);
        }

        if (FragmentMark.IsOn(decoded, bytes))
        {
            record.Traits |= PacketTraits.IsFragment;
            record.PreviousFragment = (uint)_lastFragment;
            _lastFragment = number;
        }
    }

    /// <summary>Lets readers see what was noted.</summary>
    public void Publish()
    {
        _lastOfTcp.Publish();
        _lastOfUdp.Publish();
    }

    private uint Count(ref uint[] counts, bool isUdp, int conversation)
    {
        if (conversation >= counts.Length)
        {
            Array.Resize(ref counts, Math.Max(counts.Length * 2, conversation + 1));
        }

        if (++counts[conversation] == LongFrom)
        {
            lock (_long)
            {
                _long.Add((isUdp, conversation));
            }
        }

        return counts[conversation];
    }
}
