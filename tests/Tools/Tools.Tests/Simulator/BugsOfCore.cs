namespace RaftActors.Simulator.Tests;

/// <summary>The planted bugs of Core. One compilation with a switch for each serves all tests.</summary>
internal static class BugsOfCore
{
    private static readonly string Folder = Path.Combine(MutantCompiler.FindRoot(), "tests", "Tools", "Simulator", "mutants");

    public static List<Mutant> All { get; } =
    [
        .. Mutant.ReadAll(Folder),
        .. Mutant.ReadAll(Path.Combine(Folder, "unit-tests")),
        .. Mutant.ReadAll(Path.Combine(Folder, "starvation")),
    ];

    private static readonly Lazy<MutantCompiler> Made = new(() => MutantCompiler.OfCore(MutantCompiler.FindRoot()).With(All));

    public static MutantCompiler Compiler => Made.Value;

    public static Mutant Named(string name) => All.Single(bug => bug.Name == name);
}
