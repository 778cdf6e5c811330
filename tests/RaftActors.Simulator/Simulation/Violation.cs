namespace RaftActors.Simulator;

/// <summary>What Raft promises did not hold.</summary>
/// <param name="checker">Who found it; a shrunken schedule has to be found by the same one.</param>
/// <param name="what">What was seen.</param>
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
