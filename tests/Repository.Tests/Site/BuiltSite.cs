using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Repository.Tests.Site;

/// <summary>The site in a temporary folder, as its command writes it.</summary>
public sealed partial class BuiltSite : IDisposable
{
    private const string Command = "RaftActors.Site.dll";

    private readonly string _folder = Directory.CreateTempSubdirectory("site").FullName;

    public BuiltSite()
    {
        var (exitCode, output) = Run(Repository.Root, _folder);
        Assert.True(exitCode == 0, output);
        Pages = Directory.GetFiles(_folder, "*.html", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(_folder, file).Replace('\\', '/'), File.ReadAllText);
    }

    /// <summary>The text of each page by its path.</summary>
    public IReadOnlyDictionary<string, string> Pages { get; }

    public bool Has(string path) => File.Exists(Path.Combine(_folder, path));

    public string Read(string path) => File.ReadAllText(Path.Combine(_folder, path));

    public byte[] ReadBytes(string path) => File.ReadAllBytes(Path.Combine(_folder, path));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <returns>The exit code of the command in a tree, and what it wrote.</returns>
    public static (int ExitCode, string Output) Run(string tree, string folder)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, Command), folder])
        {
            WorkingDirectory = tree,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!; // Justification: it is a new process.
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    /// <returns>The values of an attribute on a page.</returns>
    public static IEnumerable<string> Values(string page, string attribute) =>
        Tags().Matches(page)
            .SelectMany(tag => Attributes().Matches(tag.Value))
            .Where(match => match.Groups[1].Value == attribute)
            .Select(match => match.Groups[2].Value);

    [GeneratedRegex("<[a-z][^<>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("\\s([a-z-]+)=\"([^\"]*)\"")]
    private static partial Regex Attributes();
}
