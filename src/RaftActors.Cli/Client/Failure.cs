namespace RaftActors.Cli.Client;

/// <summary>Of a question that changes nothing: it was not answered, and that is all.</summary>
internal static class Failure
{
    /// <returns>The exit code.</returns>
    public static int Say(Surroundings surroundings, Ending ending, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Session.Interrupted;
        }

        surroundings.Error.WriteLine($"raft: {Reason(ending)}");
        return Session.Wrong;
    }

    public static string Reason(Ending ending) => Clause.Of(ending switch
    {
        Ending.NotDone notDone => notDone.Why,
        Ending.Unknown unknown => unknown.Why,
        _ => "the server answered something else",
    });
}
