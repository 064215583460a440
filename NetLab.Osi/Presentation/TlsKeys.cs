namespace NetLab.Osi.Presentation;

/// <summary>The keys of one direction of a connection whose secrets are known: from the handshake's to those of each update.</summary>
internal sealed class TlsKeys(TlsProtocol protocol)
{
    private TlsSuite? _suite;
    private byte[]? _secret;
    private TlsRecordCipher? _cipher;
    private bool _looked;
    private bool _isFinished;

    /// <summary>The cipher of the next record; null if it cannot be decrypted.</summary>
    public TlsRecordCipher? Cipher(TlsSecrets secrets, bool fromClient)
    {
        // TLS 1.3 encrypts from the ServerHello on; before, the change of cipher spec begins it.
        if (!_looked && protocol.IsVersion13 && !secrets.IsEmpty)
        {
            _looked = true;
            _suite = TlsSuite.Find(protocol.ServerHello!.Cipher);
            Use(Find(secrets, fromClient ? TlsSecrets.ClientHandshake : TlsSecrets.ServerHandshake));
        }

        return _cipher;
    }

    /// <summary>The direction's Finished of TLS 1.3 was read: the traffic secret follows (RFC 8446, 7.3).</summary>
    public void Finished(TlsSecrets secrets, bool fromClient)
    {
        // Another one, of authentication after the handshake (RFC 8446, 4.6.2), changes no keys.
        if (protocol.IsVersion13 && _suite is not null && !_isFinished)
        {
            _isFinished = true;
            Use(Find(secrets, fromClient ? TlsSecrets.ClientTraffic : TlsSecrets.ServerTraffic));
        }
    }

    /// <summary>A KeyUpdate was read (RFC 8446, 4.6.3).</summary>
    public void Update()
    {
        if (_suite is not null && _secret is not null)
        {
            Use(TlsRecordCipher.NextSecret(_suite, _secret));
        }
    }

    /// <summary>TLS 1.2 changes to encryption (RFC 5246, 7.1).</summary>
    public void Change(TlsSecrets secrets, bool fromClient)
    {
        _cipher?.Dispose();
        _cipher = null;
        if (protocol.ServerHello is { } server && protocol.ClientHello is { } client
            && TlsSuite.Find(server.Cipher) is { } suite && Find(secrets, TlsSecrets.MasterSecret) is { } master)
        {
            (TlsRecordCipher ofClient, TlsRecordCipher ofServer) = TlsRecordCipher.FromMasterSecret(suite, master, client.Random.Span, server.Random.Span);
            _cipher = fromClient ? ofClient : ofServer;
            (fromClient ? ofServer : ofClient).Dispose();
        }
    }

    /// <summary>Records are missing: none behind them can be decrypted.</summary>
    public void Lose()
    {
        _cipher?.Dispose();
        (_cipher, _suite, _secret, _looked) = (null, null, null, true);
    }

    private byte[]? Find(TlsSecrets secrets, string label) => secrets.Find(label, protocol.ClientHello is { } client ? client.Random.Span : []);

    private void Use(byte[]? secret)
    {
        _cipher?.Dispose();

        // A log may hold anything: a secret is as long as the suite's hash (RFC 8446, 7.1).
        _secret = secret?.Length == _suite?.HashLength ? secret : null;
        _cipher = _suite is null || _secret is null ? null : TlsRecordCipher.FromTrafficSecret(_suite, _secret);
    }
}
