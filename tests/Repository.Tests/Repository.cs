using System.Collections.Concurrent;
using System.IO.Enumeration;

namespace Repository.Tests;

/// <summary>The checked-out tree.</summary>
internal static class Repository
{
    // Anything else beside them is of the one who runs the tests: packages, outputs, notes.
    private static readonly string[] Ours = [".ci", ".github", "demo", "docs", "hocon", "src", "tests"];
    private static readonly string[] NotOurs = [".vs", ".idea", "bin", "obj", "logs", "node_modules", "TestResults"];

    // Many tests read the same files.
    private static readonly ConcurrentDictionary<string, string> Texts = new();

    public static string Root { get; } = FindRoot();

    /// <summary>Paths, relative to the root, of all files that match the pattern in the folders; build output is left out.</summary>
    public static IEnumerable<string> Files(string pattern, params string[] folders) =>
        All.Where(file => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(file)))
            .Where(file => folders.Any(folder => file.StartsWith(folder + "/", StringComparison.Ordinal)));

    /// <summary>Paths, relative to the root and in order, of all files of the repository; build output is left out.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Ours.SelectMany(folder => In(new DirectoryInfo(Path.Combine(Root, folder))))
            .Concat(new DirectoryInfo(Root).EnumerateFiles())
            .Select(file => Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    public static string Read(string file) => Texts.GetOrAdd(file, static file => File.ReadAllText(Path.Combine(Root, file)));

    /// <summary>The cells of each row of each table of a page, without the heads.</summary>
    public static IEnumerable<string[]> RowsOf(string page)
    {
        var lines = Read(page).Split('\n');
        bool IsHead(int i) => lines[i + 1].StartsWith("|--", StringComparison.Ordinal);
        return lines
            .Where((line, i) => line.StartsWith("| ", StringComparison.Ordinal) && !IsHead(i))
            .Select(line => line.Trim('|', ' ').Split(" | ").Select(cell => cell.Trim(' ', '|')).ToArray());
    }

    /// <summary>Whether a path such as votes/durable.txt is a scenario of Core or of the actors.</summary>
    public static bool IsScenario(string path) => All.Any(file =>
        file == $"tests/RaftActors.Core.Tests/testdata/{path}" || file == $"tests/RaftActors.Tests/testdata/scenarios/{path}");

    private static IEnumerable<FileInfo> In(DirectoryInfo folder) =>
        folder.EnumerateDirectories()
            .Where(inner => !NotOurs.Contains(inner.Name))
            .SelectMany(In)
            .Concat(folder.EnumerateFiles());

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RaftActors.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("No RaftActors.sln above " + AppContext.BaseDirectory);
    }
}
