using RaftActors.Simulator.Exhaustive;

namespace RaftActors.Simulator;

/// <summary>
/// The entry point for explorations in the assembly of a mutant. Its parameters and result are types of the base library.
/// </summary>
internal static class ExhaustiveMutantEntry
{
    /// <summary>Explores all scopes, and returns the shortest schedule that shows the bug.</summary>
    public static (string Scope, string Checker, string What, string[] Schedule)? Run(int depth, int states)
    {
        (string, string, string, string[])? shortest = null, atBegin = null;
        foreach (var scope in Scope.All)
        {
            try
            {
                if (new Explorer(scope, new ExplorerBounds(depth, states, TimeSpan.MaxValue)).Run() is var (violation, schedule))
                {
                    shortest = (scope.Name, violation.Checker, violation.Message, [.. schedule]);
                    depth = schedule.Count - 1;
                }
            }
            catch (Violation violation)
            {
                // The bug shows before the scope begins, while no message is late and no process crashes. Other scopes tell more.
                atBegin ??= (scope.Name, violation.Checker, violation.Message, []);
            }
        }

        return shortest ?? atBegin;
    }
}
