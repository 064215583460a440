namespace NetLab.Osi.Session;

/// <summary>What is done with the bytes of TCP streams.</summary>
/// <param name="StreamBytes">Told of them as they come in order, or null.</param>
/// <param name="StreamHole">Told of holes that are passed over, or null.</param>
/// <param name="DecryptedBytes">Told of what TLS carried, where it could be decrypted; or null.</param>
/// <param name="ObjectFound">Told of bodies and files that are whole; or null.</param>
/// <param name="StreamEnded">Told of streams that are handed over before the end of the capture, or null.</param>
/// <param name="HashStreams">Whether the SHA-256 of each direction is kept.</param>
/// <param name="DecodeBodies">Whether bodies are kept until they end, to be decoded and hashed.</param>
/// <param name="IsCopied">Whether the decoder is copied on its way: what it sums up must be such that it can be.</param>
internal sealed record StreamOptions(
    StreamBytesHandler? StreamBytes, Action<TcpStream, bool, long>? StreamHole, StreamBytesHandler? DecryptedBytes, Action<CarriedObject>? ObjectFound, Action<TcpStream>? StreamEnded, bool HashStreams, bool DecodeBodies,
    bool IsCopied);
