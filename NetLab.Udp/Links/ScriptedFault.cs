namespace NetLab.Udp.Links;

/// <summary>Does something to the <paramref name="Ordinal"/>-th datagram that matches a name, once, and lets it pass.</summary>
/// <param name="Name">A kind of datagram, such as <c>SYN_ACK</c>; what it means is the caller's to say.</param>
/// <param name="Ordinal">Which of the matching ones, from 1.</param>
/// <param name="Effect">What: <see cref="LinkEffects.Duplicated"/>, <see cref="LinkEffects.Corrupted"/> or <see cref="LinkEffects.HeldBack"/>.</param>
/// <param name="HoldBack">For how long it is held back, beyond the link's delay; zero for another effect.</param>
public readonly record struct ScriptedFault(string Name, int Ordinal, LinkEffects Effect, TimeSpan HoldBack = default);
