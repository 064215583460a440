using NetLab.Udp.Sockets;

namespace NetLab.Udp.Flows;

/// <summary>Names a flow: its number is only its sender's, so that nobody else can spoil its count.</summary>
/// <param name="From">Who sends it.</param>
/// <param name="Number">The number its sender gave it.</param>
public readonly record struct FlowId(DatagramAddress From, uint Number);
