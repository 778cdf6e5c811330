using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

using Akka.Actor;
using Akka.Configuration;

using RaftActors.Cli.Protocol;

using TrialKit;

namespace RaftActors.Cli.Tests.Client;

/// <summary>
/// A server for client tests, with scripted replies at the real actor path. So a test can force replies that are rare in a real group.
/// </summary>
internal sealed class ScriptedServer : IDisposable
{
    private static readonly ConcurrentBag<Socket> Holders = [];

    private readonly ActorSystem _system;

    /// <param name="script">Returns the replies to a request, in order; empty: it is never answered.</param>
    /// <param name="port">Null: a free one, which stays free for the next server of this test.</param>
    public ScriptedServer(Func<Request, IEnumerable<Reply>> script, int? port = null)
    {
        var bound = port ?? FreePorts.Next();
        _system = ActorSystem.Create(ServerId.GroupName, ConfigurationFactory.ParseString(
            $$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              actor.provider = remote
              coordinated-shutdown.run-by-actor-system-terminate = off
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, public-hostname = "127.0.0.1", public-port = {{bound}} }
            }
            raft { discovery = node-names, transport-tcp { at-address = on, hostname = "127.0.0.1" } }
            """).WithFallback(ProtocolSerializer.Registration));
        Id = new ServerId("", bound);
        _system.ActorOf(Props.Create(() => new Script(this, script)), ServerId.GroupName);
        RequestDoor.Open(_system);
    }

    public ServerId Id { get; }

    /// <summary>Completes when the server has ended and its port is free.</summary>
    public Task Ended => _system.WhenTerminated;

    /// <summary>All received requests, in order.</summary>
    public ConcurrentQueue<Request> Requests { get; } = new();

    /// <summary>A server that sends one reply to each request.</summary>
    public static ScriptedServer Answering(Func<Request, Reply> answer) => new(request => [answer(request)]);

    /// <summary>A server that receives requests and never replies.</summary>
    public static ScriptedServer Silent() => new(_ => []);

    /// <summary>A server that commits every append, in order, from serial 1.</summary>
    public static ScriptedServer Committing(int? port = null)
    {
        var serial = 0;
        return new(request => [new Reply.Committed(request.Number, Interlocked.Increment(ref serial), WasThere: false)], port);
    }

    /// <summary>
    /// An address without a listener. A socket holds the port until the process ends: a parallel test program could listen on a free one.
    /// </summary>
    public static ServerId Dead()
    {
        var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Holders.Add(holder);
        return new ServerId("", ((IPEndPoint)holder.LocalEndPoint!).Port); // Justification: a bound socket has an address.
    }

    /// <summary>Starts to end the server: closes its connections and releases the port.</summary>
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
