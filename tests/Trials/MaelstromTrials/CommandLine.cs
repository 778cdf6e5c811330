using System.CommandLine;
using System.CommandLine.Parsing;

using MaelstromTrials.Lists;
using MaelstromTrials.Network;
using MaelstromTrials.Registers;

namespace MaelstromTrials;

/// <summary>The command line.</summary>
internal static class CommandLine
{
    private static readonly Option<string> Workload = new Option<string>("--workload")
    {
        Description = "lin-kv or txn-list-append. Default: txn-list-append.",
        DefaultValueFactory = _ => "txn-list-append",
        HelpName = "name",
    }.AcceptOnlyFromAmong("lin-kv", "txn-list-append");

    private static readonly Option<int> Nodes = Number("--nodes", "Number of nodes.", 5, 1, 25);
    private static readonly Option<int> Seconds = Number("--seconds", "The time with faults.", 20, 1, 86_400);
    private static readonly Option<int> Delay = Number("--delay", "Mean of the delays between nodes in ms.", 10, 0, 10_000);
    private static readonly Option<int> Lost = Number("--lost", "Percentage of messages between nodes that are lost.", 5, 0, 100);
    private static readonly Option<int> Repeated = Number("--repeated", "Percentage that come twice.", 10, 0, 100);
    private static readonly Option<int> Pause = Number("--pause", "Time between two requests of a client in ms.", 100, 0, 10_000);

    private static readonly Option<int?> Seed = new("--seed")
    {
        Description = "Number for the random choices. Default: another one in each run.",
        HelpName = "n",
    };

    private static readonly Option<string> Node = new("--node")
    {
        Description = "The program of a node. Default: that of demo/Maelstrom.",
        DefaultValueFactory = _ => Programs.Find("demo/Maelstrom", "Maelstrom"),
        HelpName = "file",
    };

    public static Command Command()
    {
        var command = new Command(
            "maelstrom",
            "Runs nodes of demo/Maelstrom with a workload of Maelstrom on a bad network, kills and pauses them, partitions the network, "
            + "and checks that the history is linearizable (lin-kv) or strictly serializable (txn-list-append). Exit code 0: it held; "
            + "1: it did not.")
        {
            Workload, Nodes, Seconds, Delay, Lost, Repeated, Pause, Seed, Node,
        };
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var (seed, node) = (parsed.GetValue(Seed) ?? Random.Shared.Next(), parsed.GetValue(Node)!);
        var folder = Directory.CreateTempSubdirectory("maelstrom-").FullName;
        var faults = new NetworkFaults(
            TimeSpan.FromMilliseconds(parsed.GetValue(Delay)), parsed.GetValue(Lost) / 100.0, parsed.GetValue(Repeated) / 100.0);
        IReadOnlyList<string> why;
        IWorkload workload = parsed.GetValue(Workload) == "lin-kv" ? new RegisterWorkload(seed) : new ListWorkload(seed);
        var settings = new WorkloadTrialSettings(
            node.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", node] : [node],
            folder,
            parsed.GetValue(Nodes),
            seed,
            TimeSpan.FromSeconds(parsed.GetValue(Seconds)),
            TimeSpan.FromMilliseconds(parsed.GetValue(Pause)),
            faults);
        await using (var trial = new WorkloadTrial(settings, workload))
        {
            why = await trial.RunAsync();
        }

        if (why.Count == 0)
        {
            Directory.Delete(folder, recursive: true);
            return 0;
        }

        Console.WriteLine($"{string.Join('\n', why)}\nThe logs of the nodes are in {folder}.");
        return 1;
    }

    private static Option<int> Number(string name, string description, int common, int least, int most)
    {
        var option = new Option<int>(name)
        {
            Description = $"{description} {least} to {most}. Default: {common}.",
            DefaultValueFactory = _ => common,
            HelpName = "n",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
            {
                result.AddError($"{name} is {value}; it may be {least} to {most}.");
            }
        });
        return option;
    }
}
