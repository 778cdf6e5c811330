using System.Text.RegularExpressions;

namespace RaftActors.Matrix;

/// <summary>A source file of tests. Its text tells which kind of tests it has.</summary>
internal sealed record TestFile(string Path, string Text)
{
    private static readonly (string Kind, string Pattern)[] Kinds =
    [
        ("scenario", @"\bScenarioFile\."),
        ("seed", @"RaftSimulation|\bFsCheck\b|\bProp\.|\[Property|\bSeeds\b"),
        ("node", @"ActorSystem\.Create|(Named|Custom|Remote|Cluster|Secure)Nodes?\b|ChildProcess|WebApplication|HostBuilder|Host\.Create"),
    ];

    public static List<TestFile> ReadAll(string folder) =>
    [
        .. MutantCompiler.Sources(folder).Select(file => new TestFile(file, File.ReadAllText(file))),
    ];

    /// <summary>Returns the kind of a class, and the lines of its files.</summary>
    public static (string Kind, int Lines) Of(string type, List<TestFile> files)
    {
        var name = type.Split('.')[^1].Split('+')[0].Split('`')[0];
        var own = files.FindAll(file => Regex.IsMatch(file.Text, $@"\bclass {name}\b"));
        var kind = own.Exists(file => Regex.IsMatch(file.Path, @"[\\/]Groups[\\/]"))
            ? "node"
            : Kinds.FirstOrDefault(one => own.Exists(file => Regex.IsMatch(file.Text, one.Pattern))).Kind ?? "unit";
        return (kind, own.Sum(file => file.Text.Count(letter => letter == '\n')));
    }
}
