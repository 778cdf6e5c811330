using System.CommandLine;
using System.CommandLine.Parsing;

namespace FourNodes;

/// <summary>The options of one run.</summary>
/// <param name="Node">The only node to run. Null: all four.</param>
/// <param name="Seconds">The duration of a run of all four, in seconds.</param>
/// <param name="Port">The port of the only node. Null: the port in its HOCON file.</param>
/// <param name="HoconFolder">The folder of the nodes' HOCON files.</param>
/// <param name="Verbose">True: logs go to standard error. False: to files.</param>
internal sealed record Settings(string? Node, int Seconds, int? Port, string HoconFolder, bool Verbose);

/// <summary>The options of the demo, and their help.</summary>
internal static class CommandLine
{
    private static readonly Option<string?> Node = new("--node")
    {
        Description = "Run only this node (node1 to node4) until Ctrl-C. Use four terminals to see the whole scenario. "
            + "Type requests: 'append KEY VALUE', 'get SERIAL' or 'status'.",
        HelpName = "name",
    };

    private static readonly Option<int?> Seconds = new("--seconds")
    {
        Description = "Stop all four nodes after this many seconds: 1 to 86400. Default: 10.",
        CustomParser = result => Number(result, 1, 86_400),
        HelpName = "n",
    };

    private static readonly Option<int?> Port = new("--port")
    {
        Description = "With --node: listen on this TCP port of 127.0.0.1. Default: the port in the node's HOCON file. "
            + "For node1, node2 or node3, also change the port in seed-nodes of fournodes.conf.",
        CustomParser = result => Number(result, 0, 65_535),
        HelpName = "port",
    };

    private static readonly Option<string> Hocon = new("--hocon")
    {
        Description = "The folder with fournodes.conf and node1.conf to node4.conf.",
        DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "hocon"),
        HelpName = "folder",
    };

    private static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Write the logs to standard error. Default: to the folder 'logs' beside the program.",
    };

    public static RootCommand Build(Func<Settings, Task<int>> run)
    {
        var command = new RootCommand("Four raft processes on four nodes build a quorum of three, elect a leader, and agree on pairs.")
        {
            Node, Seconds, Port, Hocon, Verbose,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetResult(Port) is not null && parsed.GetResult(Node) is null)
            {
                parsed.AddError("--port needs --node");
            }
        });
        command.SetAction(parsed => run(new Settings(
            parsed.GetValue(Node),
            parsed.GetValue(Seconds) ?? 10,
            parsed.GetValue(Port),
            parsed.GetValue(Hocon)!,
            parsed.GetValue(Verbose))));
        return command;
    }

    private static int? Number(ArgumentResult result, int least, int most)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, out var number) && number >= least && number <= most)
        {
            return number;
        }

        result.AddError($"'{text}' is not a number from {least} to {most}");
        return null;
    }
}
