using NetLab.Osi.Model;

namespace NetLab.Osi.Protocols;

/// <summary>An end that will take or send datagrams of a protocol, as a message of another protocol said.</summary>
/// <param name="Address">Its address; IPv4 as an IPv4-mapped one.</param>
/// <param name="Port">Its UDP port.</param>
/// <param name="Protocol">What goes there.</param>
/// <param name="IsImplied">Whether nobody said it: it follows from what was said of another port, and gives way to what is said.</param>
internal sealed record Expectation(AddressNumber Address, int Port, Protocol Protocol, bool IsImplied);
