using NetLab.Host.Streams;

namespace NetLab.Host.Services;

/// <summary>Serves one stream to its end.</summary>
/// <param name="stream">The stream.</param>
/// <param name="onMoved">Told of each amount of bytes that was received or taken by the peer.</param>
/// <param name="cancellationToken">Ends it early.</param>
internal delegate Task StreamServing(LabStream stream, Action<long> onMoved, CancellationToken cancellationToken);
