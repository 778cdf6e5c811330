using System.CommandLine;
using System.CommandLine.Parsing;

using Akka.Actor;
using Akka.Event;

using FourNodes;

using RaftActors;

Option<string?> node = new("--node")
{
    Description = "Run only this node (node1 to node4) until Ctrl-C. Use four terminals to see the whole scenario. "
        + "Type requests: 'append KEY VALUE', 'get SERIAL' or 'status'.",
};
Option<int?> seconds = new("--seconds")
{
    Description = "Stop all four nodes after this many seconds: 1 to 86400. Default: 10.",
    CustomParser = result => Number(result, 1, 86_400),
};
Option<int?> port = new("--port")
{
    Description = "With --node: listen on this TCP port of 127.0.0.1. Default: the port in the node's HOCON file. "
        + "For node1, node2 or node3, also change the port in seed-nodes of fournodes.conf.",
    CustomParser = result => Number(result, 0, 65_535),
};
Option<string> hocon = new("--hocon")
{
    Description = "The folder with fournodes.conf and node1.conf to node4.conf.",
    DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "hocon"),
};
Option<bool> verbose = new("--verbose") { Description = "Write the logs of the nodes to standard error. Default: no logs." };
RootCommand command = new("Four raft processes on four nodes build a quorum of three, elect a leader, and agree on pairs.")
{
    node, seconds, port, hocon, verbose,
};
command.SetAction(given => new Demo(given.GetValue(hocon)!, given.GetValue(port), given.GetValue(verbose)).RunAsync(
    given.GetValue(node) is { } only ? [only] : ["node1", "node2", "node3", "node4"],
    given.GetValue(node) is null ? TimeSpan.FromSeconds(given.GetValue(seconds) ?? 10) : null));

// An error is one line, never a stack trace. Exit code 2: a wrong command line. Exit code 1: any other error that a user can correct.
var parsed = command.Parse(args);
var wrong = parsed.Errors is [var error, ..] ? error.Message
    : parsed.GetResult(port) is not null && parsed.GetResult(node) is null ? "--port needs --node" : null;
if (wrong is not null)
{
    Console.Error.WriteLine($"FourNodes: {wrong} (--help lists the options)");
    return 2;
}

try
{
    return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception problem) when (problem is UserError or RaftConfigurationException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"FourNodes: {problem.Message}");
    return 1;
}

static int? Number(ArgumentResult result, int least, int most)
{
    if (int.TryParse(result.Tokens[0].Value, out var number) && number >= least && number <= most)
    {
        return number;
    }

    result.AddError($"'{result.Tokens[0].Value}' is not a number from {least} to {most}");
    return null;
}

namespace FourNodes
{
    internal sealed class UserError(string message) : Exception(message);

    /// <summary>Writes the log of a node to standard error, so that standard output has the scenario only.</summary>
    internal sealed class LogWriter : ReceiveActor
    {
        public LogWriter()
        {
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<LogEvent>(e => Console.Error.WriteLine($"{Context.System.Settings.Config.GetString("raft.node")} {e}"));
        }
    }

    /// <summary>Standard output of the nodes. The lines of one call stay together, so the lines of one callback do.</summary>
    internal static class Terminal
    {
        private static readonly Lock Gate = new();
        private static readonly TaskCompletionSource Gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private static bool _closed;

        /// <summary>Completes when standard input or output fails: without a terminal, no user can see the nodes or stop them.</summary>
        public static Task Lost => Gone.Task;

        // The lines are enumerated under the lock. So the line of a request, made in the enumeration, is printed above its effects.
        public static void Print(params IEnumerable<string> lines) => Hold(() =>
        {
            var block = string.Concat(lines.Select(line => $"{line}\n"));
            Write(_closed ? "" : block);
        });

        public static void Write(string text) => Guard(() =>
        {
            Console.Out.Write(text);
            Console.Out.Flush();
        });

        public static void Hold(Action print)
        {
            lock (Gate)
            {
                print();
            }
        }

        // On a background thread: a read of the terminal cannot be cancelled, and must not keep the program alive.
        public static void ReadLines(Action<string> handle) => new Thread(() => Guard(() =>
        {
            while (Console.In.ReadLine() is { } line)
            {
                handle(line);
            }
        }))
        { IsBackground = true }.Start();

        // A stopping group loses its leader and its quorum, which is not part of the scenario.
        public static void Close() => Hold(() => _closed = true);

        private static void Guard(Action use)
        {
            try
            {
                use();
            }
            catch (IOException)
            {
                Gone.TrySetResult();
            }
        }
    }
}
