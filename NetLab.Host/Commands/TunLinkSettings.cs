namespace NetLab.Host.Commands;

/// <summary>What the command line says of a link between devices.</summary>
/// <param name="Link">The link string.</param>
/// <param name="Schedule">What changes when; or null.</param>
/// <param name="Namespaces">What the namespaces are called, with a comma between them; null for names that nobody else has.</param>
/// <param name="Seed">The seed, unless the link names one; null to draw one.</param>
/// <param name="Log">Where the fate of each packet is written; or null.</param>
/// <param name="AsJson">Whether what it did is printed as JSON at the end.</param>
internal sealed record TunLinkSettings(string Link, string? Schedule, string? Namespaces, ulong? Seed, FileInfo? Log, bool AsJson);
