namespace NetLab.Osi.Session;

/// <summary>One end of a TCP stream.</summary>
/// <param name="Ip">Its address.</param>
/// <param name="Port">Its TCP port.</param>
public sealed record TcpStreamEnd(string Ip, int Port);
