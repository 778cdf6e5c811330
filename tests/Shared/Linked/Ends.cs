namespace RaftActors;

/// <summary>How calls that failed have ended.</summary>
internal static class Ends
{
    public static RaftFailure NotDone<T>(this Outcome<T> outcome) => FailureOf(outcome, FailureKind.NotDone);

    public static RaftFailure Faulted<T>(this Outcome<T> outcome) => FailureOf(outcome, FailureKind.Faulted);

    public static RaftFailure Unknown<T>(this Outcome<T> outcome) => FailureOf(outcome, FailureKind.Unknown);

    private static RaftFailure FailureOf<T>(Outcome<T> outcome, FailureKind kind)
    {
        Assert.True(outcome.Failure?.Kind == kind, $"It ended as {outcome}.");
        return outcome.Failure!;
    }
}
