using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace NetLab.Host.Services;

/// <summary>
/// The meter of a lab's services: each count of theirs is an instrument, with the service's name and kind as tags, so that two relays are
/// told apart, and that of the backend where it is about one. Of a service that was stopped nothing is measured; exporters may go on to show its last counts.
/// </summary>
internal sealed class ServiceMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "NetLab.Host";

    private readonly Meter _meter = new(Name);
    private readonly ConcurrentDictionary<string, Instrument> _instruments = [];
    private readonly Func<IReadOnlyList<LabService>> _services;

    /// <param name="services">The services there are, whenever they are asked for.</param>
    /// <param name="memory">What the lab's memory limit is, and what of it is used.</param>
    public ServiceMeter(Func<IReadOnlyList<LabService>> services, Func<(long Limit, long Used)> memory)
    {
        _services = services;
        _meter.CreateObservableGauge("netlab.memory.limit", () => memory().Limit, "By", "What the connections of NetLab's TCP may hold together.");
        _meter.CreateObservableGauge("netlab.memory.used", () => memory().Used, "By", "What the connections of NetLab's TCP hold.");
    }

    /// <summary>Makes the instruments that a service needs and nobody had before it.</summary>
    public void Watch(IBoundService service)
    {
        foreach (ServiceCount count in service.Counts)
        {
            _instruments.GetOrAdd(count.Name, Create, count.IsLevel);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private Instrument Create(string count, bool isLevel)
    {
        string name = $"netlab.service.{count}";
        return isLevel
            ? _meter.CreateObservableGauge(name, () => Observe(count))
            : _meter.CreateObservableCounter(name, () => Observe(count));
    }

    private IEnumerable<Measurement<long>> Observe(string count)
    {
        foreach (LabService service in _services())
        {
            foreach (ServiceCount own in (service.Running?.Counts ?? []).Where(c => c.Name == count))
            {
                KeyValuePair<string, object?>[] tags = [new("service", service.Definition.Name), new("kind", service.Definition.Kind)];
                yield return new Measurement<long>(own.Value, own.Backend is { } backend ? [.. tags, new("backend", backend)] : tags);
            }
        }
    }
}
