namespace RaftActors.Cli.Client;

/// <summary>Reports that a query, which changes nothing, was not answered.</summary>
internal static class QueryFailure
{
    /// <returns>The exit code.</returns>
    public static int Report(CommandEnvironment environment, RequestOutcome outcome, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }

        environment.Error.WriteLine($"raft: {Reason(outcome)}");
        return ExitCode.Failed;
    }

    public static string Reason(RequestOutcome outcome) => Clause.Of(outcome switch
    {
        RequestOutcome.NotDone notDone => notDone.Why,
        RequestOutcome.Unknown unknown => unknown.Why,
        _ => "the server sent a reply of another kind",
    });
}
