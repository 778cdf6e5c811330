namespace RaftActors.Simulator;

/// <summary>What is called in the assembly of a mutant; everything that goes in and out is the base library's.</summary>
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
