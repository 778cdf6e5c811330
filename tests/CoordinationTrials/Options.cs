using System.CommandLine;
using System.CommandLine.Parsing;

using CoordinationTrials.Check;
using CoordinationTrials.Node;

namespace CoordinationTrials;

/// <summary>The options of this program and of its nodes.</summary>
internal static class Options
{
    private static readonly (string Name, Downing Downing)[] Strategies =
        [("lease", Node.Downing.Lease), ("raft", Node.Downing.Raft), ("keep-majority", Node.Downing.KeepMajority)];

    public static Option<int?> Seed { get; } = new("--seed")
    {
        Description = "Chooses the faults and their victims. Default: a new one in each run, which the line of a trial names.",
        HelpName = "n",
    };

    public static Option<string?> Results { get; } = new("--results")
    {
        Description = "Appends a line of JSON to this file after each round. The command sum adds such files.",
        HelpName = "file",
    };

    public static Option<string?> Logs { get; } = new("--logs")
    {
        Description = "Writes all that the nodes log, and what the trial does to them, to this folder.",
        HelpName = "folder",
    };

    public static Option<int> Scale { get; } = new("--scale")
    {
        Description = "Multiplies the times after which a missing node is downed and its session expires, for a busy machine. Default: 1.",
        HelpName = "n",
        DefaultValueFactory = _ => 1,
    };

    private static Option<string> Downing { get; } = new Option<string>("--downing")
    {
        Description = "lease: Akka's lease-majority with the lease of raft. raft: the downing provider of raft. keep-majority: Akka's, "
            + "without leases and tokens, to compare with.",
        DefaultValueFactory = _ => "lease",
    }.AcceptOnlyFromAmong([.. Strategies.Select(each => each.Name)]);

    private static Option<int> Number { get; } = new("--number");

    private static Option<string> Addresses { get; } = new("--addresses");

    private static Option<bool> Founds { get; } = new("--founds");

    private static Option<string> Directory { get; } = new("--directory");

    private static Option<bool> Verbose { get; } = new("--verbose");

    private static Option<(int First, int Last)> Seeds { get; } = new("--seeds")
    {
        Description = "The first and the last seed, such as 1..100. Default: 1..10.",
        HelpName = "first..last",
        CustomParser = ParseSeeds,
        DefaultValueFactory = _ => (1, 10),
    };

    private static Option<int> RoundsOfSeed { get; } = new("--rounds")
    {
        Description = "The number of faults of each seed. Default: 8.",
        HelpName = "n",
        DefaultValueFactory = _ => 8,
    };

    private static Argument<string[]> Files { get; } = new("files") { Arity = ArgumentArity.OneOrMore };

    private static (int First, int Last) ParseSeeds(ArgumentResult result)
    {
        var words = result.Tokens[0].Value.Split("..");
        if (words.Length == 2 && int.TryParse(words[0], out var first) && int.TryParse(words[1], out var last) && first <= last)
        {
            return (first, last);
        }

        result.AddError($"'{result.Tokens[0].Value}' is not a range of seeds. Use a range such as 1..100.");
        return default;
    }

    public static string NameOf(Downing downing) => Strategies.First(each => each.Downing == downing).Name;

    public static Downing DowningOf(ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(Downing);
        return Strategies.First(each => each.Name == name).Downing;
    }

    /// <summary>Adds the options, the command that adds results, and the hidden command that runs one node.</summary>
    public static RootCommand AddTo(RootCommand root)
    {
        Command node = new("node") { Downing, Number, Addresses, Founds, Directory, Verbose, Scale };
        node.Hidden = true;
        node.SetAction((parsed, _) => TrialNode.Run(
            DowningOf(parsed),
            parsed.GetRequiredValue(Addresses).Split(','),
            parsed.GetRequiredValue(Number),
            parsed.GetValue(Founds),
            parsed.GetRequiredValue(Directory),
            parsed.GetValue(Verbose),
            parsed.GetValue(Scale)));
        Command simulate = new("simulate", "Runs the nodes in this process and in virtual time, one cluster for each seed.")
        {
            Seeds, RoundsOfSeed, Results, Logs,
        };
        simulate.SetAction(parsed => Simulated.SimulatedTrials.Run(
            parsed.GetValue(Seeds), parsed.GetValue(RoundsOfSeed), parsed.GetValue(Results), parsed.GetValue(Logs)));
        Command sum = new("sum", "Adds the results of several runs.") { Files };
        sum.SetAction(parsed => Console.Out.WriteLine(Totals.Of(parsed.GetRequiredValue(Files).SelectMany(RoundResult.Read))));
        root.Options.Add(Downing);
        root.Options.Add(Seed);
        root.Options.Add(Results);
        root.Options.Add(Logs);
        root.Options.Add(Scale);
        root.Subcommands.Add(simulate);
        root.Subcommands.Add(sum);
        root.Subcommands.Add(node);
        return root;
    }
}
