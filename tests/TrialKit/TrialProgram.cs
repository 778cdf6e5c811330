using System.CommandLine;

namespace TrialKit;

/// <summary>The command line of the programs that run trials.</summary>
internal static class TrialProgram
{
    /// <summary>The number of rounds of each trial; null: each trial has its own number.</summary>
    public static Option<int?> Rounds { get; } = new("--rounds")
    {
        Description = "Number of rounds of each trial. Default: each trial has its own number.",
        HelpName = "n",
    };

    private static Option<string?> Only { get; } = new("--only")
    {
        Description = "Run only trials whose name contains this text.",
        HelpName = "text",
    };

    private static Option<bool> CanRun { get; } = new("--can-run")
    {
        Description = "Run nothing. Exit code 0: all these trials can run on this machine; 1: some cannot, with the reason.",
    };

    /// <summary>Makes the command that runs trials.</summary>
    /// <param name="description">What the trials do. The meaning of the output and of the exit code follows it.</param>
    /// <param name="make">Creates the resources of a trial, which has this folder.</param>
    public static RootCommand Of<TTrial>(
        string description, IReadOnlyList<NamedTrial<TTrial>> trials, Func<string, ParseResult, TTrial> make)
        where TTrial : ITrial
    {
        var root = new RootCommand(
            $"{description} Prints a line for each trial. Exit code 0: all held; 1: one failed, or cannot run on this machine.")
        {
            Rounds, Only, CanRun,
        };
        root.SetAction((parsed, _) =>
            TrialRunner.Run(trials, parsed.GetValue(Only), parsed.GetValue(CanRun), work => make(work, parsed)));
        return root;
    }

    /// <summary>Runs trials, or a hidden command of a process that a trial has started.</summary>
    /// <inheritdoc cref="Of{TTrial}"/>
    public static Task<int> Run<TTrial>(
        string[] arguments,
        string description,
        IReadOnlyList<NamedTrial<TTrial>> trials,
        Func<string, ParseResult, TTrial> make,
        IReadOnlyList<Option> options,
        params IReadOnlyList<Command> commands)
        where TTrial : ITrial
    {
        var root = Of(description, trials, make);
        foreach (var option in options)
        {
            root.Add(option);
        }

        foreach (var command in commands)
        {
            root.Add(command);
        }

        return Run(root, arguments);
    }

    /// <summary>Runs the command. The exit code is 2 if the arguments are wrong.</summary>
    public static async Task<int> Run(RootCommand root, string[] arguments)
    {
        var parsed = root.Parse(arguments);
        foreach (var error in parsed.Errors)
        {
            await Console.Error.WriteLineAsync(error.Message);
        }

        return parsed.Errors.Count > 0 ? 2 : await parsed.InvokeAsync();
    }
}
