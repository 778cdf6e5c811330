using System.CommandLine;

namespace RaftActors.Matrix;

/// <summary>The options of the command line, with their help.</summary>
internal static class CommandLine
{
    /// <summary>The assemblies that run by default, in this order: the cheapest first.</summary>
    public static readonly string[] Assemblies =
    [
        "RaftActors.Core.Tests", "RaftActors.Storage.Tests", "RaftActors.Persistence.Tests", "RaftActors.Effects.Tests",
        "RaftActors.Coordination.Tests", "RaftActors.Tests", "RaftActors.Hosting.Tests", "RaftActors.Testing.Tests",
        "RaftActors.Dashboard.Tests", "RaftActors.Cli.Tests",
    ];

    public static int Run(string[] args)
    {
        var tests = new Option<string[]>("--tests")
        {
            Description = $"Run the classes of these assemblies, in this order. Default: {string.Join(", ", Assemblies)}.",
            HelpName = "assembly",
            DefaultValueFactory = _ => Assemblies,
            AllowMultipleArgumentsPerToken = true,
        };
        var classes = new Option<string>("--classes")
        {
            Description = "Run only the classes whose names match.",
            HelpName = "expression",
            DefaultValueFactory = _ => "",
        };
        var bug = new Option<string>("--bug")
        {
            Description = "Run only the bugs whose names match, such as 'core: votes twice'.",
            HelpName = "expression",
            DefaultValueFactory = _ => "",
        };
        var enough = new Option<int>("--enough")
        {
            Description = "Stop a bug at so many classes that find it.",
            HelpName = "n",
            DefaultValueFactory = _ => 1,
        };
        var eachKind = new Option<bool>("--each-kind") { Description = "With --enough: so many classes of each kind." };
        var seconds = new Option<int>("--seconds")
        {
            Description = "Start no class for a bug after this time.",
            HelpName = "n",
            DefaultValueFactory = _ => 60,
        };
        var failures = new Option<int>("--failures")
        {
            Description = "End a class after so many tests that fail.",
            HelpName = "n",
            DefaultValueFactory = _ => 1,
        };
        var minutes = new Option<int>("--minutes")
        {
            Description = "End after this time. Another run goes on where this one ended.",
            HelpName = "n",
            DefaultValueFactory = _ => 24 * 60,
        };
        var again = new Option<bool>("--again") { Description = "Forget all results first." };
        var page = new Option<bool>("--page") { Description = "Run nothing, and write the page from the results." };
        var command = new RootCommand("Plants bugs, and finds the test classes that fail with them.")
        {
            tests, classes, bug, enough, eachKind, seconds, failures, minutes, again, page,
        };
        command.SetAction(parsed =>
        {
            var root = MutantCompiler.FindRoot();
            var folder = Path.Combine(root, "tests", "Tools", "Matrix");
            var results = new Results(folder, Path.Combine(folder, "obj"));
            var options = new RunOptions(
                [.. parsed.GetValue(tests)!],
                parsed.GetValue(classes)!,
                parsed.GetValue(bug)!,
                parsed.GetValue(enough),
                parsed.GetValue(eachKind),
                parsed.GetValue(seconds),
                parsed.GetValue(failures),
                parsed.GetValue(minutes));
            if (parsed.GetValue(again))
            {
                results.Clear();
            }

            var isSound = parsed.GetValue(page) || new MatrixRun(root, options, results, Console.Out).Run();
            Page.Write(Path.Combine(folder, "matrix.md"), BugLists.Read(root), results);
            return isSound ? 0 : 1;
        });
        return command.Parse(args).Invoke();
    }
}
