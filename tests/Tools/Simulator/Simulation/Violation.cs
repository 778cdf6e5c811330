namespace RaftActors.Simulator;

/// <summary>A property that Raft guarantees did not hold.</summary>
/// <param name="checker">The name of the checker. A shortened schedule must fail in the same checker.</param>
/// <param name="what">The observation, with values.</param>
internal sealed class Violation(string checker, string what) : Exception(what)
{
    public string Checker => checker;

    public static void Unless(bool holds, string checker, string what)
    {
        if (!holds)
        {
            throw new Violation(checker, what);
        }
    }
}
