using System.Formats.Tar;

using RaftActors.Core.Codec;

namespace RaftTrials.Servers;

/// <summary>A folder with the sources of the repository, of this or another version, and with the programs that are built there.</summary>
internal sealed record Checkout(string Root)
{
    private const string LevelsFile = "src/RaftActors.Core/Codec/FormatRange.cs";

    private static readonly string ReleasedFile = Path.Combine(Own.Root, "tests", "Trials", "RaftTrials", "released.txt");

    /// <summary>That of this program.</summary>
    public static Checkout Own => new(Programs.Root());

    public string Raft => Programs.Find(Root, "src/RaftActors.Cli", "raft");

    /// <summary>These trials, of its version.</summary>
    public string Trials => Programs.Find(Root, "tests/Trials", TrialProgram.Name);

    private static string ReleasedCommit => File.ReadAllText(ReleasedFile).Trim();

    /// <summary>Why the released version cannot be built here, with the remedy; null: it can.</summary>
    public static string? ReleasedProblem() =>
        Machine.ProgramProblem("git", "git")
        ?? (Machine.CommandProblem("git", "-C", Own.Root, "cat-file", "-e", $"{ReleasedCommit}^{{commit}}") is null
            ? null
            : $"it needs the commit {ReleasedCommit[..8]}, which this clone does not have: run 'git fetch --unshallow'");

    /// <summary>Extracts and builds the released version.</summary>
    /// <param name="root">A new folder.</param>
    public static Checkout Released(string root)
    {
        var archive = $"{root}.tar";
        Machine.Run("git", "-C", Own.Root, "archive", "--output", archive, ReleasedCommit);
        Directory.CreateDirectory(root);
        TarFile.ExtractToDirectory(archive, root, overwriteFiles: false);
        return new Checkout(root).Built();
    }

    /// <summary>Copies this version, adds a format level to it, and builds it.</summary>
    /// <param name="root">A new folder.</param>
    public static Checkout WithNextLevel(string root)
    {
        Copy(Own.Root, root, recurses: false);
        foreach (var folder in (string[])["src", "demo", "tests"])
        {
            Copy(Path.Combine(Own.Root, folder), Path.Combine(root, folder), recurses: true);
        }

        var file = Path.Combine(root, LevelsFile);
        var (text, levels) = (File.ReadAllText(file), $"Own = new({FormatRange.Own.Lowest}, {FormatRange.Own.Highest});");
        TrialFailure.Unless(text.Split(levels).Length == 2, $"{LevelsFile} does not have '{levels}' once");
        File.WriteAllText(file, text.Replace(levels, $"Own = new({FormatRange.Own.Lowest}, {FormatRange.Own.Highest + 1});"));
        return new Checkout(root).Built();
    }

    private static void Copy(string from, string to, bool recurses)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in recurses ? Directory.EnumerateDirectories(from) : [])
        {
            if (Path.GetFileName(folder) is var name and not ("bin" or "obj"))
            {
                Copy(folder, Path.Combine(to, name), recurses);
            }
        }
    }

    private Checkout Built()
    {
        var configuration = Directory.GetParent(Path.GetDirectoryName(Own.Trials)!)!.Name; // Justification: bin/Debug/net10.0.
        Machine.Run("dotnet", "build", Path.Combine(Root, "tests", "Trials"), "-c", configuration, "-v", "q", "-nodeReuse:false");
        return this;
    }
}
