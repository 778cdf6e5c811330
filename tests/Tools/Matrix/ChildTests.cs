using System.Collections.Concurrent;
using System.Diagnostics;
using System.Xml.Linq;

namespace RaftActors.Matrix;

/// <summary>The run of one class in a child process.</summary>
/// <param name="Failed">The tests that failed, each with its message.</param>
/// <param name="Hung">The test that ran when the time was up, or when the process ended; null: the class ended.</param>
/// <param name="Reached">The numbers of the bugs whose code was run, and those that were first run by a static constructor.</param>
public sealed record ClassRun(
    List<(string Test, string Message)> Failed,
    string? Hung,
    double Seconds,
    double CpuSeconds,
    int Threads,
    HashSet<int> Reached,
    HashSet<int> Static)
{
    public bool HasFailed => Failed.Count > 0 || Hung is not null;
}

/// <summary>
/// A copy of the folder of a test assembly, with assemblies that have the planted bugs, and the process that runs its classes. The copy
/// is in the repository, because tests look for the root above their folder.
/// </summary>
public sealed class ChildTests : IDisposable
{
    // A child whose tests left more threads than this is replaced.
    private const int ThreadsMax = 120;

    private const string Program = "RaftActors.Matrix";

    private readonly string _assembly;
    private readonly string _folder;
    private readonly List<string> _planted;
    private readonly Dictionary<string, string> _settings;
    private List<string> _classes = [];
    private Process? _process;
    private BlockingLines? _lines;

    /// <param name="built">The folder of the built tests.</param>
    /// <param name="images">The assemblies with the bugs, by their names. Those that the tests do not use are left out.</param>
    public ChildTests(string root, string built, string folder, string assembly, IReadOnlyDictionary<string, byte[]> images)
    {
        (_assembly, _folder) = (assembly, folder);
        foreach (var file in Directory.GetFiles(built, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(built, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }

        File.Copy(typeof(ChildTests).Assembly.Location, PathOf(Program), overwrite: true);
        _planted = [.. images.Keys.Where(name => File.Exists(PathOf(name)))];
        _planted.ForEach(name => File.WriteAllBytes(PathOf(name), images[name]));
        _settings = XDocument.Load(Path.Combine(root, "tests", "Shared", "tests.runsettings"))
            .Descendants("EnvironmentVariables").Elements().ToDictionary(one => one.Name.LocalName, one => one.Value);
    }

    public bool HasPlanted(string assembly) => _planted.Contains(assembly);

    /// <summary>Whether no class has run in the present process.</summary>
    public bool IsFresh { get; private set; } = true;

    /// <summary>Replaces an assembly for the children that follow.</summary>
    public void Replace(string assembly, byte[] image)
    {
        Restart();
        File.WriteAllBytes(PathOf(assembly), image);
    }

    /// <summary>Returns the classes with tests.</summary>
    public List<string> Discover()
    {
        Restart();
        Start();
        return _classes;
    }

    /// <param name="bug">The number of the bug; 0 for none.</param>
    /// <param name="failuresMax">Ends the class after so many failures.</param>
    public ClassRun Run(int bug, string type, int failuresMax, TimeSpan limit)
    {
        if (_process is null or { HasExited: true })
        {
            Restart();
            Start();
        }

        IsFresh = false;
        var (failed, test, clock) = (new List<(string, string)>(), "(start)", Stopwatch.StartNew());
        _process!.StandardInput.WriteLine($"{bug}\t{type}\t{failuresMax}");
        while (_lines!.Take(limit - clock.Elapsed) is { } line)
        {
            switch (line)
            {
                case ["begin", var name]:
                    test = name;
                    break;
                case ["fail", var name, var message]:
                    failed.Add((name, message));
                    break;
                case ["end", var wall, var cpu, var threads, var reached]:
                    var sites = reached.Split(',', StringSplitOptions.RemoveEmptyEntries);
                    var run = new ClassRun(
                        failed,
                        null,
                        double.Parse(wall) / 1000,
                        double.Parse(cpu) / 1000,
                        int.Parse(threads),
                        [.. sites.Select(site => int.Parse(site.TrimEnd('s')))],
                        [.. sites.Where(site => site.EndsWith('s')).Select(site => int.Parse(site.TrimEnd('s')))]);
                    if (run.Threads > ThreadsMax)
                    {
                        Restart();
                    }

                    return run;
            }
        }

        Restart();
        return new ClassRun(failed, test, clock.Elapsed.TotalSeconds, clock.Elapsed.TotalSeconds, 0, [], []);
    }

    /// <summary>Ends the child, so that nothing which a class left reaches the next one.</summary>
    public void Restart()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
            _process = null;
        }

        IsFresh = true;
    }

    public void Dispose() => Restart();

    private void Start()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "exec", "--runtimeconfig", $"{_assembly}.runtimeconfig.json", "--depsfile", $"{_assembly}.deps.json",
                PathOf(Program), "child", _assembly,
            },
        };
        _planted.ForEach(start.ArgumentList.Add);
        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        start.Environment["RAFTACTORS_PLANTED"] = "0";
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _lines = new BlockingLines(_process);
        _classes = _lines.Take(TimeSpan.FromSeconds(60)) is ["classes", .. var classes]
            ? [.. classes]
            : throw new InvalidOperationException($"The child in {_folder} does not start. Build {_assembly} first.");
    }

    private string PathOf(string assembly) => Path.Combine(_folder, $"{assembly}.dll");

    /// <summary>The marked lines of a process, with a time limit for each.</summary>
    private sealed class BlockingLines
    {
        private readonly BlockingCollection<string[]> _lines = [];

        public BlockingLines(Process process)
        {
            process.OutputDataReceived += (_, e) =>
            {
                if (e.Data is null)
                {
                    _lines.CompleteAdding();
                }
                else if (e.Data.IndexOf(ChildProgram.Mark, StringComparison.Ordinal) is var at and >= 0)
                {
                    _lines.Add(e.Data[(at + ChildProgram.Mark.Length)..].Split('\t'));
                }
            };
            process.BeginOutputReadLine();
        }

        // Null: the time is up, or the process has ended.
        public string[]? Take(TimeSpan limit) =>
            _lines.TryTake(out var line, limit > TimeSpan.Zero ? limit : TimeSpan.Zero) ? line : null;
    }
}
