using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace RaftActors.Matrix;

/// <param name="Classes">A regular expression for the names of classes. The others do not run.</param>
/// <param name="Bug">A regular expression for the names of bugs, which begin with that of their list.</param>
/// <param name="Enough">Stops at so many classes that kill a bug, of each kind if <paramref name="EachKind"/>.</param>
/// <param name="BugSeconds">Stops a bug after this time.</param>
/// <param name="FailuresMax">Ends a class after so many tests that failed.</param>
internal sealed record RunOptions(
    List<string> Assemblies, string Classes, string Bug, int Enough, bool EachKind, int BugSeconds, int FailuresMax, int Minutes);

/// <summary>Runs bugs against the classes of test assemblies that reach them, the cheapest classes first.</summary>
internal sealed class MatrixRun(string root, RunOptions options, Results results, TextWriter output)
{
    private const int BugsBetweenCanaries = 20;

    private static readonly TimeSpan ClassLimit = TimeSpan.FromMinutes(3);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<PlantedBug> _bugs = BugLists.Read(root);
    private readonly Dictionary<string, PlantedProject> _projects = [];
    private readonly Dictionary<string, byte[]> _images = [];
    private readonly HashSet<PlantedBug> _alone = [];

    public bool Run()
    {
        foreach (var assembly in options.Assemblies)
        {
            var source = Directory.GetFiles(Path.Combine(root, "tests"), $"{assembly}.csproj", SearchOption.AllDirectories) is [var project]
                ? Path.GetDirectoryName(project)!
                : throw new InvalidDataException($"tests has no project {assembly}.");
            var built = Path.Combine(source, "bin", "Debug", "net10.0");
            Compile(built);
            using var tests = new ChildTests(root, built, Path.Combine(source, "bin", "Matrix", "net10.0"), assembly, _images);
            var classes = Cover(assembly, source, tests);
            if (!RunBugs(assembly, tests, classes))
            {
                return false;
            }
        }

        return true;
    }

    private void Compile(string built)
    {
        foreach (var bugs in _bugs.GroupBy(bug => bug.Assembly).Where(bugs =>
            !_images.ContainsKey(bugs.Key) && File.Exists(Path.Combine(built, $"{bugs.Key}.dll"))))
        {
            var project = _projects[bugs.Key] = new PlantedProject(root, bugs.First().Project, built);
            _images[bugs.Key] = project.Plant([.. bugs], out var alone);
            _alone.UnionWith(alone);
            output.WriteLine($"{bugs.Key}: {bugs.Count()} bugs, {alone.Count} of them need an assembly each");
        }
    }

    // Runs each class in a process of its own, because static constructors run once, and then again for its time without a start.
    private List<ClassCost> Cover(string assembly, string source, ChildTests tests)
    {
        byte[] planted = [.. _images.Where(one => tests.HasPlanted(one.Key)).SelectMany(one => one.Value)];
        var build = Convert.ToHexString(SHA256.HashData(planted))[..8];
        var names = _bugs.ToDictionary(bug => bug.Number, bug => bug.Name);
        var files = TestFile.ReadAll(source);
        foreach (var type in tests.Discover())
        {
            var isKnown = results.Classes.Exists(one => one.Assembly == assembly && one.Class == type && one.Build == build);
            if (isKnown || IsOver || !IsChosen(type))
            {
                continue;
            }

            tests.Restart();
            var run = tests.Run(0, type, int.MaxValue, ClassLimit);
            var again = run.Hung is null ? tests.Run(0, type, int.MaxValue, ClassLimit) : run;
            var unreliable = again.Hung is { } hung
                ? $"does not end: {hung}"
                : string.Join("; ", run.Failed.Concat(again.Failed).Select(one => one.Test).Distinct());
            var (kind, lines) = TestFile.Of(type, files);
            var reached = run.Reached.Select(number => run.Static.Contains(number) ? $"{names[number]}!" : names[number]);
            results.Add(new ClassCost(assembly, type, kind, lines, again.Seconds, again.CpuSeconds, build, unreliable, [.. reached]));
            output.WriteLine($"{type}: {kind}, reaches {run.Reached.Count} bugs, {again.Seconds:F2} s {unreliable}");
        }

        return [.. results.Classes.Where(one => one.Assembly == assembly && one.Build == build && IsChosen(one.Class))];
    }

    private bool RunBugs(string assembly, ChildTests tests, List<ClassCost> classes)
    {
        var usable = classes
            .Where(one => !one.Unreliable.StartsWith("does not end", StringComparison.Ordinal))
            .OrderBy(one => one.CpuSeconds)
            .ToList();
        (PlantedBug Bug, string Class)? canary = null;
        var left = _bugs.Where(bug => tests.HasPlanted(bug.Assembly) && IsWanted(bug, assembly)).ToList();
        output.WriteLine($"{assembly}: {left.Count} bugs, {classes.Count} classes");
        for (var i = 0; i < left.Count && !IsOver; i++)
        {
            if (i % BugsBetweenCanaries == 0
                && canary is var (known, type)
                && !tests.Run(known.Number, type, 1, ClassLimit).HasFailed)
            {
                output.WriteLine($"{type} does not find '{known.Name}' any more, so bugs are not switched on. The results since the last "
                    + "such check are wrong. Delete them.");
                return false;
            }

            var kills = RunBug(assembly, left[i], tests, usable);
            results.Set(assembly, left[i].Name, kills);
            kills.ForEach(kill => output.WriteLine($"{kill}"));
            if (canary is null && !_alone.Contains(left[i]) && kills is [{ Class: { } killer }, ..])
            {
                canary = (left[i], killer);
            }
        }

        return true;
    }

    private bool IsChosen(string type) => Regex.IsMatch(type, options.Classes);

    // A bug that survives some classes may not survive others.
    private string Ran => options.Classes.Length == 0 ? "ran" : $"ran, of {options.Classes}";

    private bool IsOver => _clock.Elapsed.TotalMinutes >= options.Minutes;

    // A bug that other assemblies kill need not run again, and one of another project runs only where its own tests do not kill it.
    private bool IsWanted(PlantedBug bug, string assembly) =>
        Regex.IsMatch(bug.Name, options.Bug)
        && !results.Kills.Exists(kill => kill.Bug == bug.Name && kill.Assembly == assembly
            && (kill.Class is not null || kill.Tests.EndsWith(Ran, StringComparison.Ordinal)))
        && (options.EachKind || results.Kills.Count(kill => kill.Bug == bug.Name && kill.Class is not null) < options.Enough);

    private List<Kill> RunBug(string assembly, PlantedBug bug, ChildTests tests, List<ClassCost> classes)
    {
        var isAlone = _alone.Contains(bug);
        if (isAlone)
        {
            tests.Replace(bug.Assembly, _projects[bug.Assembly].PlantAlone(bug));
        }

        // No switch records the classes that reach this bug. Those that reach other bugs of its file, or of its project, stand for them.
        var others = !isAlone ? [] : _bugs.Where(one => one.File == bug.File && one != bug).ToList();
        var reaching = classes.Where(one => isAlone ? others.Exists(one.Reaches) : one.Reaches(bug)).ToList();
        reaching = isAlone && reaching.Count == 0
            ? [.. classes.Where(one => _bugs.Exists(other => other.Project == bug.Project && one.Reaches(other)))]
            : reaching;
        var (kills, clock, ran) = (new List<Kill>(), Stopwatch.StartNew(), 0);
        foreach (var one in reaching)
        {
            if (clock.Elapsed.TotalSeconds > options.BugSeconds || IsEnough(kills, options.EachKind ? one.Kind : null))
            {
                continue;
            }

            ran++;
            var began = clock.Elapsed;
            if (Kills(bug, one, tests, isAlone) is { } failed)
            {
                kills.Add(new Kill(one.Assembly, bug.Name, one.Class, one.Kind, (clock.Elapsed - began).TotalSeconds, failed));
            }
        }

        if (isAlone)
        {
            tests.Replace(bug.Assembly, _images[bug.Assembly]);
        }

        // That the tests of other projects do not reach the bug says nothing.
        if (kills.Count == 0 && (reaching.Count > 0 || (assembly == $"{bug.Project}.Tests" && options.Classes.Length == 0)))
        {
            var all = $"{ran} of {reaching.Count} classes that reach it {Ran}";
            kills.Add(new Kill(assembly, bug.Name, null, Kill.Survives, clock.Elapsed.TotalSeconds, all));
        }

        return kills;
    }

    private bool IsEnough(List<Kill> kills, string? kind) => kills.Count(kill => kind is null || kill.Kind == kind) >= options.Enough;

    // Returns the tests that fail with the bug and pass without it; null if there are none.
    private string? Kills(PlantedBug bug, ClassCost one, ChildTests tests, bool isAlone)
    {
        var limit = TimeSpan.FromSeconds(10 + (5 * one.Seconds));
        for (var isFirst = true; ; isFirst = false)
        {
            // The remains of an earlier class, or its values in static fields, must not decide.
            var needsFresh = !isFirst || one.ReachesStatically(bug);
            if (needsFresh)
            {
                tests.Restart();
            }

            var wasFresh = tests.IsFresh;
            var failuresMax = one.Unreliable.Length == 0 ? options.FailuresMax : int.MaxValue;
            var run = tests.Run(isAlone ? 0 : bug.Number, one.Class, failuresMax, limit);
            var failed = run.Failed.ConvertAll(failure => failure.Test);
            failed.RemoveAll(test => one.Unreliable.Contains(test, StringComparison.Ordinal));
            if (run.Hung is null && failed.Count == 0)
            {
                return null;
            }

            if (run.Hung is null && !isAlone && tests.Run(0, ChildProgram.FailedLast, int.MaxValue, limit) is { } without)
            {
                failed.RemoveAll(test => without.Hung == test || without.Failed.Exists(failure => failure.Test == test));
            }

            if (wasFresh || (run.Hung is null && failed.Count > 0))
            {
                // Its leftovers are for nobody. A busy machine may be slow without a bug too.
                if (run.Hung is not null)
                {
                    tests.Restart();
                    if (!isAlone && tests.Run(0, one.Class, options.FailuresMax, limit).Hung is not null)
                    {
                        return null;
                    }
                }

                return run.Hung is { } hung ? $"ends the process, or does not end: {hung}"
                    : failed.Count > 0 ? string.Join("; ", failed)
                    : null;
            }
        }
    }
}
