using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using RaftActors;

namespace FourNodes;

/// <summary>One node of the demo: an actor system from its HOCON file, with one raft actor.</summary>
internal sealed class Node
{
    private const string Tcp = "akka.remote.dot-netty.tcp";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    private readonly ActorSystem _system;
    private readonly IActorRef _raft;

    private Node(ActorSystem system, IActorRef raft)
    {
        _system = system;
        _raft = raft;
    }

    /// <summary>Starts the node, and prints its start-up line.</summary>
    /// <exception cref="UserError">The port cannot be opened, or the raft actor cannot start.</exception>
    public static Node Start(Config config)
    {
        var name = config.GetString("raft.node")
            ?? throw new UserError("raft.node is missing in a HOCON file. Set it, for instance to \"node1@localhost\".");
        var process = config.GetString("fournodes.process")
            ?? throw new UserError($"{name}: fournodes.process is missing in its HOCON file. Set it, for instance to \"raft1\".");
        var serial = config.GetInt("fournodes.serial");
        Terminal.Write($"Starting node: {name} and {process} process - ");
        try
        {
            var started = new TaskCompletionSource<ProcessName>(TaskCreationOptions.RunContinuationsAsynchronously);
            var system = ActorSystem.Create("raftdemo", config);
            var raft = system.ActorOf(Props.Create(() => new DemoRaft(process, serial, started)), process);
            if (!started.Task.Wait(StartTimeout))
            {
                throw new UserError($"{name}: {process} did not start in time. The node's log has the cause; --verbose shows it.");
            }

            Terminal.Write($"Serial: {serial} PID: {Pid.Of(started.Task.Result)} ...OK\n");
            return new Node(system, raft);
        }
        catch (Exception problem)
        {
            Terminal.Write("...FAILED\n");
            throw problem as UserError ?? new UserError($"{name}: {Reason(problem, config)}");
        }
    }

    /// <summary>Leaves the cluster, stops the actors and closes the port.</summary>
    public Task Stop() => _system.Terminate();

    // The actor runtimes wrap a SocketException differently, Akka.NET in several exceptions without the cause. The innermost one has it.
    private static string Reason(Exception problem, Config config)
    {
        var deepest = problem;
        while (deepest.InnerException is { } inner)
        {
            deepest = inner;
        }

        if (deepest is not SocketException refused)
        {
            return problem.Message;
        }

        var cause = refused.SocketErrorCode == SocketError.AddressAlreadyInUse ? "the port is in use" : refused.Message;
        return $"cannot listen on {config.GetString(Tcp + ".hostname")}:{config.GetInt(Tcp + ".port")}: {cause}. "
            + $"Stop the process that has the port, or change {Tcp} in a HOCON file.";
    }

    /// <summary>Sends a typed line to the raft actor.</summary>
    public void Request(string line) => _raft.Tell(new DemoRaft.TypedLine(line));
}
