using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using NetLab.Host.Http;

namespace NetLab.Host.Page;

/// <summary>
/// Who may ask: the page itself, and programs that know the token. Another origin's page can neither read nor change anything: its requests say
/// their origin, its answers are not shared with it, and it does not know the token.
/// </summary>
/// <param name="token">What every request must bring along as <c>Authorization: Bearer</c>; null for nothing.</param>
internal sealed class PageGuard(string? token)
{
    /// <summary>Nothing from outside, no script or style but our files, no frame around us.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const int TokenBytes = 16;

    /// <summary>A token nobody can guess.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>Says with every answer what a browser may do with it.</summary>
    public static void Restrict(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    /// <summary>Lets nobody in who is another origin's page, or does not know the token.</summary>
    /// <exception cref="ProblemException">403 or 401.</exception>
    public void Check(HttpContext context)
    {
        CheckOrigin(context.Request);
        if (token is null)
        {
            return;
        }

        string said = context.Request.Headers.Authorization.ToString();
        const string Scheme = "Bearer ";
        bool isRight = said.StartsWith(Scheme, StringComparison.Ordinal)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(said[Scheme.Length..]), Encoding.UTF8.GetBytes(token));
        if (!isRight)
        {
            context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
            throw new ProblemException(new Problem(StatusCodes.Status401Unauthorized, "Unauthorized", "the token of the address that was printed is missing or wrong (Authorization: Bearer TOKEN)"));
        }
    }

    /// <summary>Lets nobody in who is another origin's page.</summary>
    /// <exception cref="ProblemException">403.</exception>
    public static void CheckOrigin(HttpRequest request)
    {
        string origin = request.Headers.Origin.ToString();
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if ((origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}") || site is "cross-site" or "same-site")
        {
            throw new ProblemException(new Problem(StatusCodes.Status403Forbidden, "Forbidden", "another origin's page has no business here"));
        }
    }
}
