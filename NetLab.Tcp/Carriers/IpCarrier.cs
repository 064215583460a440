using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Counters;
using NetLab.Udp.Devices;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Carriers;

/// <summary>
/// IP itself, over a device: segments with the checksum and in the packets that every TCP knows. Answers echo requests by itself, passes on what the
/// network reports, and drops the rest of what a device can bring, with a count.
/// </summary>
internal sealed class IpCarrier : Carrier
{
    // So much that is no segment is looked at before others get a turn.
    private const int MaxAside = 64;

    // Peers behind a path that carries less than is believed: packets to them may be cut on the way.
    private const int MaxCuttable = 64;

    private readonly IpDevice _device;
    private readonly bool _isShared;
    private readonly MonotonicClock _clock;
    private readonly Tally<DatagramSocketStatistics> _counts;
    private readonly byte[] _ipv4;
    private readonly byte[] _ipv6;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(IpDevice.MaxPacketLength);
    private readonly HashSet<DatagramAddress> _cuttable = [];
    private readonly FragmentReassembler _fragments = new();
    private PathError? _error;
    private ushort _identification;
    private bool _cutsNext;

    /// <summary>Takes a device over.</summary>
    /// <param name="network">The device, and our addresses.</param>
    /// <param name="clock">What the time is.</param>
    /// <param name="counts">Where it is counted what passes.</param>
    public IpCarrier(IpInterface network, MonotonicClock clock, Tally<DatagramSocketStatistics> counts)
    {
        (_device, _clock, _counts, _isShared) = (network.Device, clock, counts, network.IsShared);
        _ipv4 = network.IPv4?.GetAddressBytes() ?? [];
        _ipv6 = network.IPv6?.GetAddressBytes() ?? [];
        LocalEndPoint = new IPEndPoint((network.IPv4 ?? network.IPv6)!, 0);
        _counts.Add(_device.Statistics);
    }

    /// <inheritdoc/>
    public override IPEndPoint LocalEndPoint { get; }

    /// <inheritdoc/>
    public override DatagramSocketStatistics Statistics => _device.Statistics;

    /// <inheritdoc/>
    public override bool IsShared => _isShared;

    /// <summary>What became of packets.</summary>
    public IpStatistics IpStatistics { get; } = new();

    /// <summary>Whether a peer can be reached from here: by a version of IP that there is an address of.</summary>
    public bool Reaches(IPAddress address) => (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? _ipv4 : _ipv6).Length > 0;

    /// <inheritdoc/>
    public override int MaxSegmentSizeFor(in DatagramAddress peer) =>
        _device.Mtu - (peer.IsIPv4 ? IpDatagram.Ipv4HeaderSize : IpDatagram.Ipv6HeaderSize) - SegmentHeader.MinSize;

    /// <inheritdoc/>
    public override DatagramReceiveStatus TryReceive(out ReadOnlySpan<byte> segments, out DatagramBatch batch)
    {
        segments = default;
        batch = default;
        GiveUpFragments();
        for (int i = 0; i < MaxAside && _device.TryReceive(_buffer, out PacketOffload offload, out int length); i++)
        {
            Span<byte> packet = _buffer.AsSpan(0, length);
            IpDrop reason = IpDatagram.Read(packet, out IpDatagram datagram, takesLoopback: _isShared);
            if (reason == IpDrop.Fragment)
            {
                reason = Join(packet, datagram, out length);
                if (length == 0)
                {
                    IpStatistics.Count(reason);
                    continue;
                }

                // RFC 8200, 4.5: parts of parts are nothing that anybody sends.
                packet = _buffer.AsSpan(0, length);
                offload = default;
                reason = IpDatagram.Read(packet, out datagram, takesLoopback: _isShared);
                reason = reason == IpDrop.Fragment ? IpDrop.Malformed : reason;
            }

            if (reason == IpDrop.None)
            {
                reason = Check(datagram);
            }

            if (reason != IpDrop.None)
            {
                IpStatistics.Count(reason);
                continue;
            }

            if (datagram.Protocol == InternetChecksum.TcpProtocol)
            {
                Span<byte> segment = packet.Slice(datagram.PayloadOffset, datagram.PayloadLength);
                if (segment.Length < SegmentHeader.MinSize)
                {
                    IpStatistics.Malformed++;
                    continue;
                }

                IpStatistics.Segments++;
                ushort addresses = PseudoHeader.SumOf(datagram.Source, datagram.Destination);
                if (offload.NeedsChecksum || (_isShared && PseudoHeader.IsBegun(segment, addresses)))
                {
                    PseudoHeader.Complete(segment);
                }
                else
                {
                    PseudoHeader.Remove(segment, addresses);
                }

                segments = segment;
                batch = new DatagramBatch(segment.Length, segment.Length, PeerOf(datagram, BinaryPrimitives.ReadUInt16BigEndian(segment)), _clock.Now, 0) { Ecn = datagram.Ecn };
                return DatagramReceiveStatus.Received;
            }

            if (TakeMessage(packet, datagram))
            {
                return DatagramReceiveStatus.Refused;
            }
        }

        return DatagramReceiveStatus.Empty;
    }

    /// <inheritdoc/>
    public override DatagramSendStatus TrySend(ReadOnlySpan<byte> segments, int segmentSize, in DatagramAddress to, EcnCodepoint ecn, out int bytesSent)
    {
        Span<byte> destination = stackalloc byte[16];
        to.WriteAddress(destination);
        byte[] source = to.IsIPv4 ? _ipv4 : _ipv6;
        destination = to.IsIPv4 ? destination[12..] : destination;
        bytesSent = 0;
        if (source.Length == 0)
        {
            return DatagramSendStatus.Unreachable;
        }

        ushort addresses = PseudoHeader.SumOf(source, destination);
        int ipHeader = to.IsIPv4 ? IpDatagram.Ipv4HeaderSize : IpDatagram.Ipv6HeaderSize;
        Span<byte> headers = stackalloc byte[IpDatagram.Ipv6HeaderSize + SegmentHeader.MaxSize];
        while (bytesSent < segments.Length)
        {
            ReadOnlySpan<byte> rest = segments[bytesSent..];
            ReadOnlySpan<byte> first = rest[..Math.Min(segmentSize, rest.Length)];
            int tcpHeader = (first[12] >> 4) * 4;
            int count = _device.HasOffloads ? SegmentRun.Count(rest, segmentSize, IpDevice.MaxPacketLength - ipHeader) : 1;
            ReadOnlySpan<byte> together = rest[..Math.Min(count * segmentSize, rest.Length)];
            int length = together.Length - ((count - 1) * tcpHeader);
            Span<byte> packet = headers[..(ipHeader + tcpHeader)];
            Span<byte> header = packet[ipHeader..];
            first[..tcpHeader].CopyTo(header);
            PacketOffload offload = default;
            if (count > 1)
            {
                SegmentRun.SetFlags(header, SegmentRun.Flags(first, rest[((count - 1) * segmentSize)..]));
                PseudoHeader.Begin(header, addresses, length);
                offload = new PacketOffload
                {
                    Flags = PacketOffload.NeedsChecksumFlag,
                    Kind = (byte)((to.IsIPv4 ? PacketOffload.SegmentsIpv4 : PacketOffload.SegmentsIpv6) | (SegmentRun.HasCwr(first) ? PacketOffload.HasCwr : 0)),
                    HeaderLength = (ushort)packet.Length,
                    SegmentSize = (ushort)(segmentSize - tcpHeader),
                    ChecksumStart = (ushort)ipHeader,
                    ChecksumOffset = PseudoHeader.ChecksumOffset,
                };
            }
            else
            {
                PseudoHeader.Add(header, addresses);
            }

            IpHeaderWriter.Write(packet, source, destination, InternetChecksum.TcpProtocol, length, ecn, LabelOf(header, addresses, to));
            DatagramSendStatus status = _device.TrySend(packet, together, segmentSize, tcpHeader, offload);
            if (status != DatagramSendStatus.Sent)
            {
                return status;
            }

            bytesSent += together.Length;
        }

        return DatagramSendStatus.Sent;
    }

    /// <inheritdoc/>
    public override void Report(Instant now, Demultiplexer demultiplexer)
    {
        if (_error is { } error)
        {
            _error = null;
            bool isBelieved = demultiplexer.OnPathError(now, error);
            IpStatistics.ErrorsReported += isBelieved ? 1 : 0;
            IpStatistics.ErrorsIgnored += isBelieved ? 0 : 1;
            if (isBelieved && _cutsNext && _cuttable.Count < MaxCuttable)
            {
                _cuttable.Add(error.Key.Peer);
            }
        }
    }

    /// <inheritdoc/>
    public override void Wait(TimeSpan timeout, bool isBlocked)
    {
        if (_fragments.NextDeadline != Instant.Never)
        {
            TimeSpan rest = _fragments.NextDeadline - _clock.Now;
            rest = rest < TimeSpan.Zero ? TimeSpan.Zero : rest;
            timeout = timeout < TimeSpan.Zero || rest < timeout ? rest : timeout;
        }

        _device.Wait(timeout);
    }

    /// <inheritdoc/>
    public override void Wake() => _device.Wake();

    /// <inheritdoc/>
    public override void EndWaits()
    {
        // The device's own, which goes with it.
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _counts.Remove(Statistics);
        _device.Dispose();
    }

    private static DatagramAddress PeerOf(in IpDatagram datagram, int port) => datagram.IsIpv4
        ? DatagramAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(datagram.Source), port)
        : DatagramAddress.FromIPv6(datagram.Source, 0, port);

    // A part of a packet; the length of the packet, in the buffer, if it was the last that was missing.
    private IpDrop Join(ReadOnlySpan<byte> part, in IpDatagram datagram, out int length)
    {
        length = 0;
        ReadOnlySpan<byte> own = datagram.IsIpv4 ? _ipv4 : _ipv6;
        if (!datagram.Destination.SequenceEqual(own))
        {
            return IpDrop.NotForUs;
        }

        if (datagram.Source.SequenceEqual(own))
        {
            return IpDrop.BadSource;
        }

        if (datagram.IsIpv4 && datagram.Protocol is not (InternetChecksum.TcpProtocol or IcmpEcho.IcmpIpv4))
        {
            return IpDrop.OtherProtocol;
        }

        IpStatistics.Fragments++;
        bool isTaken = _fragments.Add(_clock.Now, part, datagram, _buffer, out length);
        IpStatistics.Reassembled += length > 0 ? 1 : 0;
        return isTaken ? IpDrop.None : IpDrop.Fragment;
    }

    // RFC 1122, 3.3.2: who sent the first part is told. No more often than packets can be under way.
    private void GiveUpFragments()
    {
        while (_fragments.NextDeadline != Instant.Never && _fragments.TryExpire(_clock.Now, out ReadOnlySpan<byte> quote))
        {
            IpStatistics.ReassemblyTimeouts++;
            if (quote.IsEmpty || _isShared)
            {
                continue;
            }

            bool isIpv4 = quote[0] >> 4 == 4;
            byte[] own = isIpv4 ? _ipv4 : _ipv6;
            ReadOnlySpan<byte> to = isIpv4 ? quote.Slice(12, 4) : quote.Slice(8, 16);
            SendMessage(own, to, isIpv4 ? IcmpEcho.IcmpIpv4 : IcmpEcho.IcmpIpv6, IcmpTimeExceeded.Make(quote, isIpv4, PseudoHeader.SumOf(own, to)));
        }
    }

    // RFC 1122, 3.2.2.6: what came is answered whole, in parts if it came in parts.
    private void SendMessage(ReadOnlySpan<byte> own, ReadOnlySpan<byte> to, byte protocol, ReadOnlySpan<byte> message)
    {
        bool isIpv4 = own.Length == 4;
        Span<byte> header = stackalloc byte[IpDatagram.Ipv6HeaderSize];
        header = header[..(isIpv4 ? IpDatagram.Ipv4HeaderSize : IpDatagram.Ipv6HeaderSize)];
        if (header.Length + message.Length > _device.Mtu)
        {
            IpFragments.Send(_device, own, to, protocol, message, (uint)RandomNumberGenerator.GetInt32(int.MaxValue));
            return;
        }

        IpHeaderWriter.Write(header, own, to, protocol, message.Length, EcnCodepoint.NotEct, label: isIpv4 ? null : 0);
        _device.TrySend(header, message, message.Length, 0, default);
    }

    private IpDrop Check(in IpDatagram datagram)
    {
        ReadOnlySpan<byte> own = datagram.IsIpv4 ? _ipv4 : _ipv6;
        if (!datagram.Destination.SequenceEqual(own))
        {
            return IpDrop.NotForUs;
        }

        // From ourselves: whoever answers that talks to himself for ever (RFC 9293 knows no such connection between one port and itself).
        if (datagram.Source.SequenceEqual(own) && !IsFromAnotherPort(datagram))
        {
            return IpDrop.BadSource;
        }

        byte icmp = datagram.IsIpv4 ? IcmpEcho.IcmpIpv4 : IcmpEcho.IcmpIpv6;
        return datagram.Protocol == InternetChecksum.TcpProtocol || datagram.Protocol == icmp ? IpDrop.None : IpDrop.OtherProtocol;
    }

    // Beside the kernel's stack two programs of one machine may speak with each other, but no port with itself.
    private bool IsFromAnotherPort(in IpDatagram datagram) => _isShared && datagram.Protocol == InternetChecksum.TcpProtocol
        && datagram.PayloadLength >= 4 && !datagram.Payload[..2].SequenceEqual(datagram.Payload[2..4]);

    // Returns whether there is something to report.
    private bool TakeMessage(Span<byte> packet, in IpDatagram datagram)
    {
        Span<byte> message = packet.Slice(datagram.PayloadOffset, datagram.PayloadLength);
        bool isIpv4 = datagram.IsIpv4;
        byte[] own = isIpv4 ? _ipv4 : _ipv6;
        if (!IcmpEcho.IsIntact(message, isIpv4, PseudoHeader.SumOf(datagram.Source, datagram.Destination)))
        {
            IpStatistics.Malformed++;
            return false;
        }

        if (IcmpEcho.IsRequest(message, isIpv4))
        {
            if (_isShared)
            {
                return false;
            }

            IcmpEcho.Answer(message, isIpv4);
            SendMessage(own, datagram.Source, datagram.Protocol, message);
            IpStatistics.EchoReplies++;
            return false;
        }

        if (!IcmpErrorReader.TryRead(message, isIpv4, own, out PathError error, out bool isBelowLeast))
        {
            IpStatistics.ErrorsIgnored++;
            return false;
        }

        (_error, _cutsNext) = (error, isBelowLeast && error.Kind == PathErrorKind.TooLarge && isIpv4);
        return true;
    }

    // RFC 6437: the same for all of a connection. RFC 6864: what may be cut has a number of its own, what may not needs none.
    private uint? LabelOf(ReadOnlySpan<byte> header, ushort addresses, in DatagramAddress to)
    {
        if (to.IsIPv4)
        {
            return _cuttable.Count > 0 && _cuttable.Contains(to) ? ++_identification : null;
        }

        uint ports = BinaryPrimitives.ReadUInt32BigEndian(header);
        uint mixed = unchecked((ports ^ ((uint)addresses << 16)) * 0x9E37_79B1);
        return (mixed >> 12) | 1;
    }
}
