using NetLab.Osi.Model;

namespace NetLab.Osi.Network;

/// <summary>What the fragments of a datagram have in common (RFC 791, 3.2; RFC 8200, 4.5).</summary>
internal readonly record struct FragmentKey(AddressNumber Source, AddressNumber Destination, uint Identification, int Protocol);
