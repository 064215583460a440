using Microsoft.Extensions.Logging;
using NetLab.Host.Recording;

namespace NetLab.Host.Services;

/// <summary>What a lab gives to the services that are made for it.</summary>
/// <param name="Lab">The lab.</param>
/// <param name="AllowRemote">Whether addresses other than loopback may be used.</param>
/// <param name="Recorder">Records what they send and receive; null for not.</param>
/// <param name="Loggers">Where they write to their logs.</param>
internal sealed record ServiceContext(LabServices Lab, bool AllowRemote, LabRecorder? Recorder, ILoggerFactory Loggers);
