using RaftActors.Storage;

namespace RaftActors.Examples;

/// <summary>Prints the damage of the store of a stopped node, as docs/operations.md shows it.</summary>
public static class DamageReport
{
    public static void Print(string directory)
    {
        StoreReport report = StoreTools.Verify(directory);
        foreach (StoreItem damage in report.Damages)
        {
            Console.WriteLine($"{damage.File} at {damage.Offset}: {damage.Detail}");
        }
    }
}
