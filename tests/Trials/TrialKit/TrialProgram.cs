namespace TrialKit;

/// <summary>The command line of the trials: a command for each kind of system under trial.</summary>
public static class TrialProgram
{
    /// <summary>The name of the program, which trials also start as a node, a load or a target.</summary>
    public const string Name = "Trials";

    /// <summary>The program itself.</summary>
    public static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, $"{Name}.dll");

    /// <summary>The number of rounds of each trial; null: each trial has its own number.</summary>
    public static Option<int?> Rounds { get; } = new("--rounds")
    {
        Description = "Number of rounds of each trial. Default: each trial has its own number.",
        HelpName = "n",
    };

    private static Option<string> Only { get; } = new("--only")
    {
        Description = "Run only trials whose name contains this text.",
        HelpName = "text",
        DefaultValueFactory = _ => "",
    };

    private static Option<bool> CanRun { get; } = new("--can-run")
    {
        Description = "Run nothing. Exit code 0: all these trials can run on this machine; 1: some cannot, with the reason.",
    };

    /// <summary>
    /// Returns the command that runs trials one after the other, and writes one line for each. Its own commands run processes that a trial
    /// has started.
    /// </summary>
    /// <param name="description">What the trials do. The meaning of the output and of the exit code follows it.</param>
    /// <param name="make">Creates the resources of a trial, which has this folder.</param>
    /// <param name="options">Options of these trials.</param>
    /// <param name="commands">Other commands of this kind.</param>
    public static Command Command<TTrial>(
        string name,
        string description,
        IReadOnlyList<NamedTrial<TTrial>> trials,
        Func<string, ParseResult, TTrial> make,
        IReadOnlyList<Option> options,
        params IReadOnlyList<Command> commands)
        where TTrial : ITrial
    {
        var command = new Command(
            name,
            $"{description} Prints a line for each trial. Exit code 0: all held; 1: one failed, or cannot run on this machine.")
        {
            Rounds, Only, CanRun,
        };
        options.ToList().ForEach(command.Add);
        commands.ToList().ForEach(command.Add);
        command.SetAction((parsed, _) => Run(
            trials.Where(trial => trial.Name.Contains(parsed.GetValue(Only)!, StringComparison.Ordinal)),
            parsed.GetValue(CanRun),
            work => make(work, parsed)));
        return command;
    }

    /// <summary>Runs the command. The exit code is 2 if the arguments are wrong.</summary>
    public static async Task<int> Run(RootCommand root, string[] arguments)
    {
        var parsed = root.Parse(arguments);
        foreach (var error in parsed.Errors)
        {
            await Console.Error.WriteLineAsync(error.Message);
        }

        if (parsed.Errors.Count > 0)
        {
            return 2;
        }

        // A node handles SIGTERM itself. The handler of the command line may be disposed while it runs, which ends the process by SIGABRT.
        InvocationConfiguration configuration = new();
        configuration.ProcessTerminationTimeout =
            parsed.CommandResult.Command.Hidden ? null : configuration.ProcessTerminationTimeout;
        return await parsed.InvokeAsync(configuration);
    }

    private static async Task<int> Run<TTrial>(IEnumerable<NamedTrial<TTrial>> trials, bool isDry, Func<string, TTrial> make)
        where TTrial : ITrial
    {
        var (held, failed, notRun) = (0, 0, 0);
        var work = Directory.CreateTempSubdirectory("trials-").FullName;
        try
        {
            foreach (var trial in trials)
            {
                if (trial.Problem?.Invoke() is { } problem)
                {
                    notRun++;
                    Console.Out.WriteLine($"not run {trial.Name,-14} {problem}");
                }
                else if (!isDry)
                {
                    _ = await Holds(trial, make, System.IO.Path.Combine(work, trial.Name)) ? held++ : failed++;
                }
            }
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }

        if (!isDry)
        {
            Console.Out.WriteLine($"{held} trials held, {failed} failed{(notRun > 0 ? $", {notRun} not run" : "")}");
        }

        return failed + notRun == 0 ? 0 : 1;
    }

    private static async Task<bool> Holds<TTrial>(NamedTrial<TTrial> named, Func<string, TTrial> make, string work)
        where TTrial : ITrial
    {
        var watch = Stopwatch.StartNew();
        using var trial = make(Directory.CreateDirectory(work).FullName);
        try
        {
            var found = await named.Run(trial);
            Console.Out.WriteLine($"held    {named.Name,-14} {watch.Elapsed.TotalSeconds,4:0} s  {found}");
            return true;
        }
        catch (TrialFailure failure)
        {
            Console.Out.WriteLine($"FAILED  {named.Name,-14} {watch.Elapsed.TotalSeconds,4:0} s  {failure.Message}");
            Console.Out.WriteLine(trial.Tails());
            return false;
        }
    }
}

/// <summary>A trial and its name.</summary>
/// <param name="Run">Returns a summary, or throws a <see cref="TrialFailure"/>.</param>
/// <param name="Problem">Why this machine cannot run it, with the remedy; null: it can.</param>
public sealed record NamedTrial<TTrial>(string Name, Func<TTrial, Task<string>> Run, Func<string?>? Problem = null);

/// <summary>The resources of one trial, or some of them. Dispose releases them.</summary>
public interface ITrial : IDisposable
{
    /// <summary>The last lines of their processes.</summary>
    string Tails();
}

/// <summary>A trial failed. The message says how.</summary>
public sealed class TrialFailure(string message) : Exception(message)
{
    /// <exception cref="TrialFailure">It is not so.</exception>
    public static void Unless(bool isSo, string problem)
    {
        if (!isSo)
        {
            throw new TrialFailure(problem);
        }
    }

    /// <exception cref="TrialFailure">There is one.</exception>
    public static void IfAny<T>(T? found, Func<T, string> problem)
        where T : class
    {
        if (found is not null)
        {
            throw new TrialFailure(problem(found));
        }
    }
}
