namespace NetLab.Tcp.Carriers;

/// <summary>Which part of a packet a fragment is (RFC 791, 3.1; RFC 8200, 4.5).</summary>
/// <param name="Offset">Where its payload begins in that of the packet, in bytes.</param>
/// <param name="HasMore">Whether others follow behind it.</param>
/// <param name="Identification">What the parts of one packet have in common.</param>
/// <param name="HeaderLength">Bytes of the header that each part has: without the fragment header of IPv6.</param>
/// <param name="NextHeaderAt">Of IPv6, where the number stands that names the fragment header.</param>
internal readonly record struct FragmentPart(int Offset, bool HasMore, uint Identification, int HeaderLength, int NextHeaderAt);
