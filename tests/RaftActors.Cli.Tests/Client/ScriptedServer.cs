using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

using Akka.Actor;
using Akka.Configuration;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Tests.Client;

/// <summary>
/// What a client takes for a server: it answers at the same place, and says what a test wants. So answers that a real group gives once in
/// a year are given each time.
/// </summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly ActorSystem _system;

    /// <param name="script">What each request is answered, one after the other; nothing: no answer ever comes.</param>
    public ScriptedServer(Func<Request, IEnumerable<Reply>> script, int port = 0)
    {
        _system = ActorSystem.Create(ServerId.GroupName, ConfigurationFactory.ParseString(
            $$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              actor.provider = remote
              coordinated-shutdown.run-by-actor-system-terminate = off
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}}, maximum-frame-size = {{MessageLimits.FrameBytesMax}}b }
            }
            """).WithFallback(ProtocolSerializer.Registration));
        Id = new ServerId("", ((ExtendedActorSystem)_system).Provider.DefaultAddress.Port!.Value);
        _system.ActorOf(Props.Create(() => new Script(this, script)), ServerId.GroupName);
    }

    public ServerId Id { get; }

    /// <summary>Its port is free.</summary>
    public Task Ended => _system.WhenTerminated;

    /// <summary>What it was asked, in order.</summary>
    public ConcurrentQueue<Request> Requests { get; } = new();

    /// <summary>Answers each request so.</summary>
    public static ScriptedServer Answering(Func<Request, Reply> answer) => new(request => [answer(request)]);

    /// <summary>Takes what it is told, and says nothing.</summary>
    public static ScriptedServer Silent() => new(_ => []);

    /// <summary>Commits what is appended, in order, from serial 1 on.</summary>
    public static ScriptedServer Committing(int port = 0)
    {
        var serial = 0;
        return new(request => [new Reply.Committed(request.Number, Interlocked.Increment(ref serial), WasThere: false)], port);
    }

    /// <summary>A port where nobody listens.</summary>
    public static ServerId Dead()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new ServerId("", ((IPEndPoint)listener.LocalEndpoint).Port);
    }

    /// <summary>Ends, as a process does: connections are closed, and the port is free.</summary>
    public void Dispose() => _system.Terminate();

    private sealed class Script : ReceiveActor
    {
        public Script(ScriptedServer server, Func<Request, IEnumerable<Reply>> script) => Receive<Request>(request =>
        {
            server.Requests.Enqueue(request);
            foreach (var reply in script(request))
            {
                Sender.Tell(reply);
            }
        });
    }
}
