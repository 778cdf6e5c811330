using System.CommandLine;

using RaftActors.Fuzz.Running;
using RaftActors.Fuzz.Targets;

namespace RaftActors.Fuzz;

/// <summary>The options of the command line, with their help.</summary>
internal static class CommandLine
{
    private static readonly Option<string[]> Names = new("--target")
    {
        Description = $"Fuzz only these targets: {string.Join(", ", TargetList.All.Select(target => target.Name))}. Default: all.",
        HelpName = "name",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<long> Inputs = new("--inputs")
    {
        Description = "The number of mutated inputs of each target.",
        HelpName = "n",
        DefaultValueFactory = _ => 20_000,
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Decides all inputs.",
        HelpName = "n",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int?> Seconds = new("--seconds")
    {
        Description = "Begin no input of a target after this number of seconds.",
        HelpName = "n",
    };

    private static readonly Option<string?> Pool = new("--pool")
    {
        Description = "A directory with inputs of earlier runs, one folder for each target. Inputs that reach something new are added.",
        HelpName = "directory",
    };

    private static readonly Option<string?> Input = new("--input")
    {
        Description = "With --target: read this one file of the corpus, and print the result.",
        HelpName = "file",
    };

    private static readonly Option<string?> Crashed = new("--crashed")
    {
        Description = "With --target: read the input that a crashed run left in this file, and print it for the corpus.",
        HelpName = "file",
    };

    private static readonly Option<bool> Twice = new("--twice")
    {
        Description = "Run each target a second time, and fail if that was another run.",
    };

    public static RootCommand Build()
    {
        var command = new RootCommand(
            "Feeds mutated bytes and texts to everything that reads them from outside. Exit code 0: all inputs were read or refused; "
            + "1: an input broke a property; 2: wrong usage.")
        {
            Names, Inputs, Seed, Seconds, Pool, Input, Crashed, Twice,
        };
        command.Validators.Add(parsed =>
        {
            var names = parsed.GetValue(Names) ?? [];
            foreach (var unknown in names.Where(name => TargetList.Find(name) is null))
            {
                parsed.AddError($"'{unknown}' is no target. --help lists them.");
            }

            if ((parsed.GetValue(Input) ?? parsed.GetValue(Crashed)) is not null && names.Length != 1)
            {
                parsed.AddError("--input and --crashed need one --target.");
            }
        });
        command.SetAction(parsed =>
        {
            Target[] targets = parsed.GetValue(Names) is { Length: > 0 } names
                ? [.. names.Select(name => TargetList.Find(name)!)] // Justification: the validator knows the names.
                : TargetList.All;
            if (parsed.GetValue(Input) is { } file)
            {
                return Session.Replay(targets[0], Corpus.Load(file));
            }

            if (parsed.GetValue(Crashed) is { } left)
            {
                return Session.Replay(targets[0], LastInput.Load(left));
            }

            TimeSpan? limit = parsed.GetValue(Seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
            if (parsed.GetValue(Twice))
            {
                return Session.RunTwice(targets, parsed.GetValue(Inputs), parsed.GetValue(Seed));
            }

            return Session.Run(targets, parsed.GetValue(Inputs), parsed.GetValue(Seed), limit, parsed.GetValue(Pool));
        });
        return command;
    }
}
