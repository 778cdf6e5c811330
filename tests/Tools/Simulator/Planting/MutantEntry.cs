namespace RaftActors.Simulator;

/// <summary>The entry point in the assembly of a mutant. Its parameters and result are types of the base library.</summary>
internal static class MutantEntry
{
    public static (ulong Seed, string Checker, string What)? Run(ulong first, ulong last)
    {
        for (var seed = first; seed <= last; seed++)
        {
            if (SeedResult.Of(seed, FaultSet.All).Violation is { } violation)
            {
                return (seed, violation.Checker, violation.Message);
            }
        }

        return null;
    }
}
