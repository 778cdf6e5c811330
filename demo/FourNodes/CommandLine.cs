using System.CommandLine;
using System.CommandLine.Parsing;

namespace FourNodes;

/// <summary>What the user asked for.</summary>
/// <param name="Node">The one node to run, or null for all four.</param>
/// <param name="Seconds">How long all four run.</param>
/// <param name="Port">The port of the one node, instead of that of its HOCON file.</param>
/// <param name="HoconFolder">Where the nodes' HOCON files are.</param>
/// <param name="Verbose">Logs go to standard error instead of a file.</param>
internal sealed record Settings(string? Node, int Seconds, int? Port, string HoconFolder, bool Verbose);

/// <summary>The options of the demo, and their help.</summary>
internal static class CommandLine
{
    private static readonly Option<string?> Node = new("--node")
    {
        Description = "Run this one node (node1 .. node4) until Ctrl-C, so that four terminals show together what one shows alone. "
            + "Lines typed there are requests: 'append KEY VALUE', 'get SERIAL', 'status'.",
        HelpName = "name",
    };

    private static readonly Option<int?> Seconds = new("--seconds")
    {
        Description = "Stop all four after this many seconds: 1 to 86400, 10 if not given.",
        CustomParser = result => Number(result, 1, 86_400),
        HelpName = "n",
    };

    private static readonly Option<int?> Port = new("--port")
    {
        Description = "With --node: listen on this TCP port of 127.0.0.1 instead of the one in its HOCON file. "
            + "node1, node2 and node3 are the seeds of the cluster, at 2551 to 2553: change theirs in fournodes.conf too.",
        CustomParser = result => Number(result, 0, 65_535),
        HelpName = "port",
    };

    private static readonly Option<string> Hocon = new("--hocon")
    {
        Description = "The folder with fournodes.conf and node1.conf .. node4.conf.",
        DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "hocon"),
        HelpName = "folder",
    };

    private static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Write the nodes' logs to standard error instead of the folder 'logs' beside the program.",
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
                parsed.AddError("--port goes with --node");
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
