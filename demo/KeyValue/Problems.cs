using RaftActors;

namespace KeyValue;

/// <summary>Answers to requests that did not end well.</summary>
internal static class Problems
{
    // An election takes about so long.
    private const string RetryAfterSeconds = "2";

    /// <summary>
    /// 503: nothing was changed, so the request can be sent again. 504: the change may have been made. 500: a repeat fails, too, because
    /// the service itself is wrong, such as the role of its nodes.
    /// </summary>
    public static IResult Of(HttpContext http, RaftFailure failure, string remedy)
    {
        switch (failure)
        {
            case { Kind: FailureKind.Unknown }:
                return Unknown($"The change is made already, later or never: {failure.Reason}. {remedy}");
            case { Reason: FailureReason.Unauthorized or FailureReason.Invalid or FailureReason.HandlerFailed }:
                return Results.Problem(failure.Detail);
            default:
                http.Response.Headers.RetryAfter = RetryAfterSeconds;
                return Results.Problem(failure.Detail, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    public static IResult Unknown(string why) => Results.Problem(why, statusCode: StatusCodes.Status504GatewayTimeout);
}
