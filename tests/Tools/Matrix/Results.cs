using System.Globalization;

namespace RaftActors.Matrix;

/// <summary>The outcome of a class with a bug.</summary>
/// <param name="Class">Null: no class of the assembly that reaches the bug fails with it.</param>
/// <param name="Tests">The tests that failed; without a class: how many classes ran, and how many did not for lack of time.</param>
internal sealed record Kill(string Assembly, string Bug, string? Class, string Kind, double Seconds, string Tests)
{
    public const string Survives = "survives";

    public override string ToString() =>
        FormattableString.Invariant($"{Assembly} | {Bug} | {Class ?? "-"} | {Kind} | {Seconds:F1} | {Tests}");

    public static Kill Parse(string line) => line.Split(" | ") is [var assembly, var bug, var type, var kind, var seconds, var tests]
        ? new Kill(assembly, bug, type == "-" ? null : type, kind, double.Parse(seconds, CultureInfo.InvariantCulture), tests)
        : throw new InvalidDataException($"This line is no result: {line}");
}

/// <summary>The cost of a class without a bug, and the bugs whose code it reaches.</summary>
/// <param name="Build">A hash of the assemblies that had the bugs.</param>
/// <param name="Unreliable">The tests that fail without a bug, or how the class does not end.</param>
/// <param name="Reached">The names of the bugs. Those that a static constructor reached first end with an exclamation mark.</param>
internal sealed record ClassCost(
    string Assembly,
    string Class,
    string Kind,
    int Lines,
    double Seconds,
    double CpuSeconds,
    string Build,
    string Unreliable,
    HashSet<string> Reached)
{
    public override string ToString() => FormattableString.Invariant(
        $"{Assembly} | {Class} | {Kind} | {Lines} | {Seconds:F2} | {CpuSeconds:F2} | {Build} | {Unreliable} | ")
        + string.Join("; ", Reached.Order(StringComparer.Ordinal));

    public bool Reaches(PlantedBug bug) => Reached.Contains(bug.Name) || ReachesStatically(bug);

    public bool ReachesStatically(PlantedBug bug) => Reached.Contains($"{bug.Name}!");

    public static ClassCost Parse(string line) =>
        line.Split(" | ") is [var assembly, var type, var kind, var lines, var seconds, var cpu, var build, var unreliable, var reached]
            ? new ClassCost(
                assembly,
                type,
                kind,
                int.Parse(lines, CultureInfo.InvariantCulture),
                double.Parse(seconds, CultureInfo.InvariantCulture),
                double.Parse(cpu, CultureInfo.InvariantCulture),
                build,
                unreliable,
                [.. reached.Split("; ", StringSplitOptions.RemoveEmptyEntries)])
            : throw new InvalidDataException($"This line is no class: {line}");
}

/// <summary>The files of results. Each result is written at once, so a run that ends early can go on later.</summary>
internal sealed class Results(string folder, string cache)
{
    private string KillsFile => Path.Combine(folder, "kills.txt");

    private string ClassesFile => Path.Combine(cache, "classes.txt");

    public List<Kill> Kills { get; } = Read(Path.Combine(folder, "kills.txt"), Kill.Parse);

    public List<ClassCost> Classes { get; } = Read(Path.Combine(cache, "classes.txt"), ClassCost.Parse);

    /// <summary>Forgets all results.</summary>
    public void Clear()
    {
        Kills.Clear();
        Classes.Clear();
    }

    /// <summary>Replaces what is known of a bug in an assembly.</summary>
    public void Set(string assembly, string bug, IEnumerable<Kill> kills)
    {
        Kills.RemoveAll(kill => kill.Assembly == assembly && kill.Bug == bug);
        Kills.AddRange(kills);
        Write(KillsFile, Kills.OrderBy(kill => kill.Bug, StringComparer.Ordinal).ThenBy(kill => kill.Assembly, StringComparer.Ordinal));
    }

    public void Add(ClassCost cost)
    {
        Classes.RemoveAll(one => one.Assembly == cost.Assembly && one.Class == cost.Class);
        Classes.Add(cost);
        Write(ClassesFile, Classes.OrderBy(one => $"{one.Assembly} {one.Class}", StringComparer.Ordinal));
    }

    private static void Write<T>(string file, IEnumerable<T> lines)
    {
        File.WriteAllLines(file + ".new", lines.Select(line => $"{line}"));
        File.Move(file + ".new", file, overwrite: true);
    }

    private static List<T> Read<T>(string file, Func<string, T> parse) => File.Exists(file) ? [.. File.ReadLines(file).Select(parse)] : [];
}
