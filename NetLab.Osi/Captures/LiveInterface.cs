namespace NetLab.Osi.Captures;

/// <summary>An interface that can be captured from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What the system says of it; may be empty.</param>
/// <param name="Addresses">Its addresses.</param>
public sealed record LiveInterface(string Name, string Description, IReadOnlyList<string> Addresses);
