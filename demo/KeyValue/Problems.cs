using RaftActors;

namespace KeyValue;

/// <summary>Answers to requests that did not end well.</summary>
internal static class Problems
{
    // An election takes about so long.
    private const string RetryAfterSeconds = "2";

    /// <summary>503: nothing was changed, so the request can be sent again. 504: the change may have been made.</summary>
    public static IResult Of(HttpContext http, RaftFailure failure, string remedy) => failure.Kind == FailureKind.NotDone
        ? Unavailable(http, failure.Detail)
        : Unknown($"The change is made already, later or never: {failure.Reason}. {remedy}");

    public static IResult Unavailable(HttpContext http, string why)
    {
        http.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Results.Problem(why, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    public static IResult Unknown(string why) => Results.Problem(why, statusCode: StatusCodes.Status504GatewayTimeout);
}
