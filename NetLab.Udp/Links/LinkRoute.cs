using System.Net;

namespace NetLab.Udp.Links;

/// <summary>A way through a relay's link: several share one link, and meet in its queue.</summary>
/// <param name="Listen">Where clients send to; port 0 lets the system choose.</param>
/// <param name="Target">Where their datagrams go on to.</param>
/// <param name="IsReversed">Whether clients stand at the link's far end: what they send goes down, and the answers up.</param>
public sealed record LinkRoute(IPEndPoint Listen, IPEndPoint Target, bool IsReversed = false);
