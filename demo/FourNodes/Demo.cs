using System.Net.Sockets;
using System.Runtime.InteropServices;

using Akka.Actor;
using Akka.Configuration;

using RaftActors;

namespace FourNodes;

/// <summary>The scenario: four actor systems with one raft actor each, for some seconds, or one of them until Ctrl-C.</summary>
/// <param name="HoconFolder">Has fournodes.conf, and a file for each node that overrides it.</param>
/// <param name="Port">The port of a single node. Null: that of its file.</param>
internal sealed record Demo(string HoconFolder, int? Port = null, bool Verbose = false)
{
    private const string Tcp = "akka.remote.dot-netty.tcp";

    /// <param name="limit">Null: no limit, and a user may type requests to the first node.</param>
    public async Task<int> RunAsync(string[] names, TimeSpan? limit)
    {
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
        var configs = names.Select(Load).ToList();
        List<(ActorSystem System, IActorRef Raft)> nodes = [];
        Terminal.Print("", $"to stop press Ctrl-C{(limit is { } time ? $" or wait {time.TotalSeconds} seconds" : "")}...", "");
        try
        {
            // No actor prints meanwhile, so the lines of the start come before its effects.
            Terminal.Hold(() => configs.ForEach(config => nodes.Add(Start(config))));
            if (limit is null)
            {
                Terminal.ReadLines(line => nodes[0].Raft.Tell(new DemoRaft.TypedLine(line)));
            }

            Task ended = Task.WhenAny(stopped.Task, Terminal.Lost);
            await ended.WaitAsync(limit ?? Timeout.InfiniteTimeSpan).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            Terminal.Close();
            await Task.WhenAll(nodes.AsEnumerable().Reverse().Select(node => node.System.Terminate()));
        }

        Terminal.Write("Stopped.\n");
        return 0;

        // The first signal asks for an orderly end. The second one ends the program at once.
        void OnSignal(PosixSignalContext signal) => signal.Cancel = stopped.TrySetResult();
    }

    private static (ActorSystem System, IActorRef Raft) Start(Config config)
    {
        var (name, process) = (config.GetString("raft.node"), config.GetString("fournodes.process"));
        var serial = config.GetInt("fournodes.serial");
        Terminal.Write($"Starting node: {name} and {process} process - ");
        try
        {
            TaskCompletionSource<ProcessName> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var system = ActorSystem.Create("raftdemo", config);
            var raft = system.ActorOf(Props.Create(() => new DemoRaft(process, serial, started)), process);
            Terminal.Write(started.Task.Wait(TimeSpan.FromSeconds(10))
                ? $"Serial: {serial} PID: {Pid.Of(started.Task.Result)} ...OK\n"
                : throw new UserError($"{name}: {process} did not start in time. --verbose shows the node's log."));
            return (system, raft);
        }
        catch (Exception problem)
        {
            // Akka.NET wraps a SocketException in several exceptions without the cause.
            var deepest = problem;
            for (; deepest.InnerException is { } inner; deepest = inner)
            {
            }

            Terminal.Write("...FAILED\n");
            throw problem as UserError ?? new UserError(deepest is SocketException refused
                ? $"{name}: cannot listen on {config.GetString($"{Tcp}.hostname")}:{config.GetInt($"{Tcp}.port")}: {refused.Message}. "
                    + $"Stop the process that has the port, or change {Tcp} in a HOCON file."
                : $"{name}: {problem.Message}");
        }
    }

    private Config Load(string node)
    {
        if (!File.Exists(Path.Combine(HoconFolder, $"{node}.conf")))
        {
            throw new UserError($"{HoconFolder} has no {node}.conf. Name a node that has a file, such as node1, or add the file.");
        }

        var own = Parse($"{node}.conf");
        var missing = new[] { "raft.node", "fournodes.process" }.FirstOrDefault(key => own.GetString(key) is null);
        return missing is not null ? throw new UserError($"{node}.conf lacks {missing}. Set it, as the file of another node does.")
            : Parse($"{(Verbose ? "" : "akka.loglevel = OFF\n")}{(Port is { } port ? $"{Tcp}.port = {port}" : "")}", "command line")
                .WithFallback(own).WithFallback(Parse("fournodes.conf"));
    }

    private Config Parse(string file) => Parse(File.ReadAllText(Path.Combine(HoconFolder, file)), Path.Combine(HoconFolder, file));

    private static Config Parse(string text, string source) => Raft.ParseHocon(text, source);
}
