using System.Numerics;
using NetLab.Osi.Model;
using NetLab.Osi.Session;

namespace NetLab.Osi.Statistics;

/// <summary>Counts of what should not be, and where each was seen first.</summary>
internal sealed class AnomalyCounts
{
    public const int BadIpChecksum = 0;
    public const int BadChecksum = 1;
    public const int PartialChecksum = 2;

    private const int FirstStop = 3;
    private const int FirstAnalysis = FirstStop + 4;
    private const int AnalysisFlags = 15;

    private readonly long[] _counts = new long[FirstAnalysis + AnalysisFlags];
    private readonly long[] _first = new long[FirstAnalysis + AnalysisFlags];

    public IEnumerable<Anomaly> All => Enumerable.Range(0, _counts.Length).Where(i => _counts[i] > 0).Select(i => new Anomaly(NameOf(i), _counts[i], _first[i]));

    public void Count(int what, long packet)
    {
        if (_counts[what]++ == 0)
        {
            _first[what] = packet;
        }
    }

    public void Count(DecodeStopReason reason, long packet) => Count(FirstStop + (int)reason, packet);

    public void Count(TcpAnalysisFlags flags, long packet)
    {
        // A window update is no anomaly; everything else is.
        for (uint left = (uint)(flags & ~TcpAnalysisFlags.WindowUpdate); left != 0; left &= left - 1)
        {
            Count(FirstAnalysis + BitOperations.TrailingZeroCount(left), packet);
        }
    }

    private static string NameOf(int what) => what switch
    {
        BadIpChecksum => "IPv4 header checksums that are wrong",
        BadChecksum => "TCP or UDP checksums that are wrong",
        PartialChecksum => "checksums left to the network card",
        FirstStop + (int)DecodeStopReason.CutByCapture => "packets cut by the capture",
        FirstStop + (int)DecodeStopReason.BadLength => "lengths that lie",
        FirstStop + (int)DecodeStopReason.UnknownProtocol => "packets of a protocol not known",
        FirstStop + (int)DecodeStopReason.Malformed => "malformed packets",
        _ => "TCP: " + TcpAnalysisNames.Of((TcpAnalysisFlags)(1 << (what - FirstAnalysis)))[0].Replace('_', ' '),
    };
}
