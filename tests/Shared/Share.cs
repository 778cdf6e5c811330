namespace Shared;

/// <summary>
/// The share of a search that a run makes: a fixed small one in <c>dotnet test</c>, a larger one in <c>.ci/run</c>, the whole in
/// <c>.ci/long</c>. A search is a loop over seeds, crash points, bits or states, whose every step makes the same claim.
/// </summary>
public static class Share
{
    /// <summary>Which share this run makes: the variable is unset, <c>ci</c> or <c>long</c>.</summary>
    private const string Variable = "RAFTACTORS_SHARE";

    /// <summary>Returns the number of steps for this run.</summary>
    /// <exception cref="InvalidOperationException">The variable has another value.</exception>
    public static int Of(int test, int ci, int whole) => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => test,
        "ci" => ci,
        "long" => whole,
        var other => throw new InvalidOperationException($"{Variable} is '{other}'. Unset it, or set it to 'ci' or 'long'."),
    };
}
