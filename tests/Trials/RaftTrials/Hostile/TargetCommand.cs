using Akka.Actor;
using Akka.Actor.Setup;

namespace RaftTrials.Hostile;

/// <summary>
/// The hidden command of a server that is attacked. It has the options and the log of <c>raft server</c>, and its actor system has a
/// process of a coordination group, too. Each second it prints the size of its heap. With settings of its own it has no such group.
/// </summary>
internal static class TargetCommand
{
    public const string Name = "target";
    public const string CoordinationGroup = "coordination";

    /// <summary>The option with settings in HOCON.</summary>
    public const string Hocon = "--hocon";

    private static readonly TimeSpan HeapPeriod = TimeSpan.FromSeconds(1);

    // With its free parts, which belong to the process, too; these are known after the first collection.
    private static long HeapMegabytes => Math.Max(GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes, GC.GetTotalMemory(false)) >> 20;

    public static Command Build()
    {
        var security = new SecurityOptions(new CommandEnvironment(Console.OpenStandardInput, Console.Out, Console.Error));
        var options = new ServerOptions(security);
        var command = new Command(Name) { Hidden = true };
        options.Own.Concat(security.All).ToList().ForEach(command.Add);
        Option<string?> hocon = new(Hocon);
        command.Add(hocon);

        // An action that returns a task would be killed two seconds after SIGTERM.
        command.SetAction(parsed => Run(options.Read(parsed), parsed.GetValue(hocon)).GetAwaiter().GetResult());
        return command;
    }

    private static async Task<int> Run(ServerSettings settings, string? hocon)
    {
        using var stop = new StopSignal();
        var terminal = new ServerTerminal(Console.Out, Console.Error, TimeProvider.System);
        var failed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var config = hocon is null
            ? ConfigOf(settings)
            : ConfigurationFactory.ParseString(hocon).WithFallback(ServerConfig.Of(settings));
        var setup = BootstrapSetup.Create().WithConfig(config).And(new LogSetup(terminal, settings.IsVerbose));
        var system = ActorSystem.Create(ServerId.GroupName, setup);
        var narrator = system.ActorOf(Props.Create(() => new Narrator(settings, terminal, failed)), "narrator");
        system.EventStream.Subscribe(narrator, typeof(RaftEvent));
        Raft.Get(system).Network.Start(isClient: false);
        if (hocon is null)
        {
            RaftCoordination.Get(system);
        }

        system.ActorOf(Props.Create(() => new LogServer(settings, terminal, failed)), ServerId.GroupName);
        await using var heap = new Timer(_ => Console.Out.WriteLine(ServerLines.HeapPrefix + HeapMegabytes), null, HeapPeriod, HeapPeriod);
        await Task.WhenAny(stop.Received, failed.Task);
        await system.Terminate();
        if (!failed.Task.IsCompleted)
        {
            return ExitCode.Done;
        }

        terminal.Log(await failed.Task);
        return ExitCode.Failed;
    }

    // Other work on the machine may keep a process of a small group from its core for longer than the default election timeout.
    private static Config ConfigOf(ServerSettings settings) => ConfigurationFactory.ParseString(
        $$"""
        raft.contacts = [{{string.Join(", ", settings.Others.Select(server => $"\"{server}\"").Append($"\"{Newcomers.Node}\""))}}]
        raft.groups.{{CoordinationGroup}} {
          roster = [{{string.Join(", ", settings.Servers.Select(server => $"\"{CoordinationGroup}@{server}\""))}}]
          election-timeout { min = 500ms, max = 1s }
          heartbeat-interval = 100ms
        }
        """).WithFallback(ServerConfig.Of(settings));

    // The coordination group has leaders, too, and the trial reads those of the servers.
    private sealed class Narrator : ReceiveActor
    {
        public Narrator(ServerSettings settings, ServerTerminal terminal, TaskCompletionSource<string> failed)
        {
            var props = Props.Create(() => new EventLogger(settings, terminal, $"/user/{ServerId.GroupName}", failed));
            var logger = Context.ActorOf(props, "logger");
            Context.System.EventStream.Subscribe(logger, typeof(Error));
            Receive<RaftEvent>(logger.Forward, happened => happened.Group == ServerId.GroupName);
            Receive<RaftEvent>(_ => { });
        }
    }
}
