using System.Net;
using System.Net.Sockets;
using System.Reflection;

using Akka.Actor;
using Akka.Event;

using RaftActors.Storage;

namespace RaftActors.Cli.Server;

internal static class ServerProgram
{
    private const string ActorName = "raft";

    /// <summary>Runs until the token is cancelled or the server fails. Returns the exit code.</summary>
    public static async Task<int> Run(ServerSettings settings, CommandEnvironment environment, CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stopping = stop.Register(stopped.SetResult);
        var terminal = new ServerTerminal(environment.Output, environment.Error, TimeProvider.System);
        try
        {
            DataFolder.Check(settings.Data, settings.AllowsSharedDirectory);
            DemandPort(settings);
            using var system = ActorSystem.Create(
                ServerId.GroupName,
                BootstrapSetup.Create().WithConfig(ServerConfig.Of(settings)).And(new LogSetup(terminal, settings.IsVerbose)));
            return await Run(settings, terminal, system, stopped.Task);
        }
        catch (Exception e) when (e is IOException or RaftConfigurationException || SocketFailure(e) is not null)
        {
            terminal.Log(SocketFailure(e) is { } failure ? CannotListen(settings, failure) : e.Message);
            return ExitCode.Failed;
        }
    }

    private static async Task<int> Run(ServerSettings settings, ServerTerminal terminal, ActorSystem system, Task stop)
    {
        var failed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var narrator = system.ActorOf(Props.Create(() => new EventLogger(settings, terminal, $"/user/{ActorName}", failed)), "narrator");
        system.EventStream.Subscribe(narrator, typeof(RaftEvent));
        system.EventStream.Subscribe(narrator, typeof(Error));
        LogSettings(settings, terminal);
        system.ActorOf(Props.Create(() => new LogServer(settings, terminal, failed)), ActorName);
        await Task.WhenAny(stop, failed.Task);
        if (failed.Task.IsCompleted)
        {
            await system.Terminate();
            terminal.Log($"cannot continue: {await failed.Task}");
            return ExitCode.Failed;
        }

        // The shutdown first transfers the leadership. This task lets the event logger report that before it stops.
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "log-events", async () =>
        {
            await narrator.Ask<ActorIdentity>(new Identify(null));
            return Akka.Done.Instance;
        });
        terminal.Log("stopping; a second signal ends it at once");
        await system.Terminate();
        terminal.Log("Stopped.");
        return ExitCode.Done;
    }

    // Without this, a port in use would show only as the failure of the actor, after the lines about the start.
    private static void DemandPort(ServerSettings settings)
    {
        var host = settings.Bind ?? settings.Id.Hostname;
        using var probe = new TcpListener(
            IPAddress.TryParse(host, out var address) ? address : Dns.GetHostAddresses(host)[0], settings.Id.Port);
        probe.Start();
    }

    private static void LogSettings(ServerSettings settings, ServerTerminal terminal)
    {
        var version = typeof(ServerProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        var place = $"{settings.Bind ?? settings.Id.Hostname}:{settings.Id.Port}";
        terminal.Log($"raft {version?.Split('+')[0]}: server {settings.Id} listens on {place}; its data is in {settings.Data}");
        terminal.Log(settings.IsFounder
            ? $"servers: {string.Join(' ', settings.Servers)}"
            : $"servers: {string.Join(' ', settings.Servers)}; {settings.Id} is not among them and waits to be added");
    }

    // Other exceptions wrap the socket error, which is the innermost one.
    private static SocketException? SocketFailure(Exception problem)
    {
        var deepest = problem;
        while (deepest is not SocketException && deepest.InnerException is { } inner)
        {
            deepest = inner;
        }

        return deepest as SocketException;
    }

    private static string CannotListen(ServerSettings settings, SocketException failure)
    {
        var place = $"{settings.Bind ?? settings.Id.Hostname}:{settings.Id.Port}";
        return failure.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse =>
                $"Cannot listen on {place}: the port is in use. Stop the process that uses it, or name another port with -p.",
            SocketError.AccessDenied =>
                $"Cannot listen on {place}: this user has no permission. Name a port from 1024 with -p.",
            SocketError.HostNotFound or SocketError.AddressNotAvailable =>
                $"Cannot listen on {place}: this machine has no such address. Name one of its addresses with --host or --bind.",
            _ => $"Cannot listen on {place}: {failure.Message}.",
        };
    }
}
