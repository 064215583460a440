namespace NetLab.Osi.Application.FileSharing;

/// <summary>Where a part of a message stands; all zero for nowhere.</summary>
/// <param name="Offset">From the message's beginning.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct Place(int Offset, int Length);
