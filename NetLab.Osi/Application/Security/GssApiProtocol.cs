using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Security;

/// <summary>Tokens of GSS-API (RFC 2743, 3.1) and of SPNEGO (RFC 4178, 4.2), and the NTLM or Kerberos message in them.</summary>
internal static class GssApiProtocol
{
    private const int Token = 0x60;
    private const int NegotiationInit = 0xA0;
    private const int NegotiationResponse = 0xA1;

    public static readonly Protocol Value = new(
        "gss_api", OsiLayer.Presentation, "GSS-API", [], static (in Dissection dissection, int offset, int end) => Dissect(dissection, offset, end), filter: "gss-api",
        describe: static (in PacketView _, int _, IFieldSink _) => { });

    public static readonly Protocol Spnego = new("spnego", OsiLayer.Presentation, "SPNEGO", Fields.All, describe: Describe);

    private static class Fields
    {
        public static readonly Field State = Field.Number("state", "spnego.negState", about: "State of the negotiation", summary: true, names: static v => (int)v switch
        {
            0 => "accept completed",
            1 => "accept incomplete",
            2 => "reject",
            3 => "request MIC",
            _ => null,
        });

        public static readonly Field[] All = [State];
    }

    private static ReadOnlySpan<byte> SpnegoMechanism => [0x2B, 6, 1, 5, 5, 2];

    private static ReadOnlySpan<byte> NtlmMechanism => [0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10];

    /// <summary>Takes a token apart: one of GSS-API, of SPNEGO, or a message of NTLM as it is.</summary>
    /// <param name="dissection">The packet.</param>
    /// <param name="offset">Where the token begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="noteOuter">Whether GSS-API itself is noted.</param>
    /// <returns>False when it is none of them: nothing was noted.</returns>
    public static bool Dissect(in Dissection dissection, int offset, int end, bool noteOuter = true)
    {
        if (offset < 0 || end > dissection.Bytes.Length || end - offset < 2)
        {
            return false;
        }

        if (NtlmProtocol.Dissect(dissection, offset, end))
        {
            return true;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes[0] is not (Token or NegotiationInit or NegotiationResponse))
        {
            return false;
        }

        if (bytes[0] != NegotiationResponse && dissection.Conversation is { } opened)
        {
            opened.HasSecurityContext = true;
        }

        if (noteOuter && !dissection.Add(Value, offset, 0, end))
        {
            return true;
        }

        if (bytes[0] != Token)
        {
            DissectWithin(dissection, offset, end);
            return true;
        }

        var token = new BerReader(bytes, offset);
        if (!token.Next(Token))
        {
            return true;
        }

        BerReader inner = token.Inside;
        if (!inner.Next(BerReader.ObjectIdentifier))
        {
            return true;
        }

        int next = token.At + inner.Position;
        int last = token.At + token.Value.Length;
        if (inner.Value.SequenceEqual(SpnegoMechanism))
        {
            DissectSpnego(dissection, next, last);
        }
        else if (inner.Value.SequenceEqual(NtlmMechanism))
        {
            NtlmProtocol.Dissect(dissection, next, last);
        }
        else
        {
            KerberosProtocol.DissectToken(dissection, offset, end);
        }

        return true;
    }

    /// <summary>Who authenticates by the NTLM message in a token.</summary>
    public static bool TryReadAccount(ReadOnlySpan<byte> token, out string user, out string domain)
    {
        // The message stands at the token's end, or is followed by a checksum.
        int at = token.IndexOf("NTLMSSP\0"u8);
        (user, domain) = ("", "");
        return at >= 0 && NtlmProtocol.TryReadAccount(token[at..], out user, out domain);
    }

    // Where the token that began the context was not captured, a later one stands behind a hole.
    private static void DissectWithin(in Dissection dissection, int offset, int end)
    {
        if (dissection.Conversation is not { HasSecurityContext: false, IsResumed: false } conversation)
        {
            DissectSpnego(dissection, offset, end);
            return;
        }

        conversation.IsResumed = true;
        DissectSpnego(dissection, offset, end);
        conversation.IsResumed = false;
    }

    private static void DissectSpnego(in Dissection dissection, int offset, int end)
    {
        if (offset >= end || !dissection.Add(Spnego, offset, end - offset, end))
        {
            return;
        }

        var outer = new BerReader(dissection.Bytes[offset..end], offset);
        if (!outer.Next())
        {
            return;
        }

        BerReader sequence = outer.Inside;
        if (!sequence.Next(BerReader.Sequence))
        {
            return;
        }

        // Mechanism token or response token: both [2], an OCTET STRING.
        BerReader members = sequence.Inside;
        if (!members.Find(0xA2))
        {
            return;
        }

        BerReader text = members.Inside;
        if (text.Next(BerReader.OctetString) && !NtlmProtocol.Dissect(dissection, text.At, text.At + text.Value.Length))
        {
            KerberosProtocol.DissectToken(dissection, text.At, text.At + text.Value.Length);
        }
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var outer = new BerReader(view.BytesOf(index), view[index].Offset);
        if (!outer.Next(NegotiationResponse))
        {
            return;
        }

        BerReader sequence = outer.Inside;
        if (!sequence.Next(BerReader.Sequence))
        {
            return;
        }

        BerReader members = sequence.Inside;
        if (members.Next(0xA0))
        {
            BerReader state = members.Inside;
            if (state.Next(BerReader.Enumerated))
            {
                state.Report(sink, Fields.State);
            }
        }
    }
}
