using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using NetLab.Host.Services;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Http;

/// <summary>Why a request is not done, as a document (RFC 9457).</summary>
/// <param name="Status">The status code.</param>
/// <param name="Title">What kind of problem it is: the status code's own words.</param>
/// <param name="Detail">What it is this time, one line.</param>
internal sealed record Problem(int Status, string Title, string? Detail)
{
    /// <summary>How long to wait before asking again; null if that would be of no use.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The request makes no sense.</summary>
    public static Problem BadRequest(string detail) => new(StatusCodes.Status400BadRequest, "Bad Request", detail);

    /// <summary>There is no such thing.</summary>
    public static Problem NotFound(string detail) => new(StatusCodes.Status404NotFound, "Not Found", detail);

    /// <summary>It can be had in one form only.</summary>
    public static Problem NotAcceptable(string mediaType = "application/json") =>
        new(StatusCodes.Status406NotAcceptable, "Not Acceptable", $"this can be had as {mediaType}");

    /// <summary>It is at odds with what there is.</summary>
    public static Problem Conflict(string detail) => new(StatusCodes.Status409Conflict, "Conflict", detail);

    /// <summary>What was sent is no JSON.</summary>
    public static Problem UnsupportedMediaType() => new(StatusCodes.Status415UnsupportedMediaType, "Unsupported Media Type", "say Content-Type: application/json");

    /// <summary>Too many changes in a short time.</summary>
    public static Problem TooManyChanges() =>
        new(StatusCodes.Status429TooManyRequests, "Too Many Requests", $"{HttpService.ChangesAtOnce} changes at once, and no more") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>Not now.</summary>
    public static Problem Unavailable(string detail, TimeSpan retryAfter) =>
        new(StatusCodes.Status503ServiceUnavailable, "Service Unavailable", detail) { RetryAfter = retryAfter };

    /// <summary>Middleware: what goes wrong further in, and what finds nobody who would answer it, is told as a problem.</summary>
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        Problem? problem = null;
        try
        {
            await next(context).ConfigureAwait(false);
            if (!context.Response.HasStarted && context.Response.ContentLength is null && context.Response.ContentType is null)
            {
                problem = context.Response.StatusCode switch
                {
                    StatusCodes.Status400BadRequest => BadRequest($"Host '{context.Request.Host}': is not this machine"),
                    StatusCodes.Status404NotFound => NotFound($"there is no {context.Request.Path}"),
                    StatusCodes.Status405MethodNotAllowed => new Problem(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed", $"{context.Request.Path} takes {context.Response.Headers.Allow}"),
                    _ => null,
                };
            }
        }
        catch (ProblemException error)
        {
            problem = error.Problem;
        }
        catch (UsageException error)
        {
            problem = error is AddressTakenException ? Conflict(error.Message) : BadRequest(error.Message);
        }
        catch (ServiceConflictException error)
        {
            problem = Conflict(error.Message);
        }
        catch (BadHttpRequestException error)
        {
            problem = new Problem(error.StatusCode, ReasonPhrases.GetReasonPhrase(error.StatusCode), error.Message);
        }
        catch (Exception error) when (error is IOException or OverflowException && !context.RequestAborted.IsCancellationRequested)
        {
            // Such as a chunk whose size is beyond every number: what was sent cannot be read.
            problem = BadRequest($"the request cannot be read: {error.Message}");
        }

        if (problem is not null && !context.Response.HasStarted)
        {
            await problem.WriteAsync(context).ConfigureAwait(false);
        }
    }

    /// <summary>Answers a request with it.</summary>
    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        if (RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return JsonAnswer.WriteAsync(context, Status, new ProblemDocument(Status, Title, Detail), LabJson.Readable.ProblemDocument, "application/problem+json");
    }
}
