using System.Globalization;
using NetLab.Host.Settings;

namespace NetLab.Host.Names;

/// <summary>A zone makes no sense; the message says in one line where and why.</summary>
/// <param name="line">The line, from 1.</param>
/// <param name="why">Why.</param>
internal sealed class ZoneException(int line, string why) : UsageException(string.Create(CultureInfo.InvariantCulture, $"line {line}: {why}"));
