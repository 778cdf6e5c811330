namespace RaftActors.Simulator.Coordination;

/// <summary>The entry point in the assembly of a mutant. Its parameters and result are types of the base library.</summary>
internal static class CoordinationMutantEntry
{
    public static (ulong Seed, string Checker, string What)? Run(ulong first, ulong last)
    {
        for (var seed = first; seed <= last; seed++)
        {
            if (SeedRun.Of(seed).Violation is { } violation)
            {
                return (seed, violation.Checker, violation.Message);
            }
        }

        return null;
    }
}
