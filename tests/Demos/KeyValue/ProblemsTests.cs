using Microsoft.AspNetCore.Http;

namespace KeyValue.Tests;

/// <summary>The status of a request tells whether to send it again.</summary>
public sealed class ProblemsTests
{
    [Theory]
    [InlineData(FailureKind.NotDone, FailureReason.NoLeader, 503)]
    [InlineData(FailureKind.NotDone, FailureReason.Busy, 503)]
    [InlineData(FailureKind.NotDone, FailureReason.Unauthorized, 500)]
    [InlineData(FailureKind.NotDone, FailureReason.Invalid, 500)]
    [InlineData(FailureKind.NotDone, FailureReason.HandlerFailed, 500)]
    [InlineData(FailureKind.Unknown, FailureReason.TimedOut, 504)]
    public void Only_a_failure_that_a_repeat_helps_against_is_503(FailureKind kind, FailureReason reason, int status)
    {
        DefaultHttpContext http = new();

        var told = Problems.Of(http, new RaftFailure(kind, reason, "why"), "Read the item first.");

        Assert.Equal(status, Assert.IsAssignableFrom<IStatusCodeHttpResult>(told).StatusCode);
        Assert.Equal(status == 503, http.Response.Headers.RetryAfter.Count > 0);
    }
}
