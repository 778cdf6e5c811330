using System.Collections.Concurrent;
using System.Net.Sockets;

using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;

using RaftActors.Cli.Protocol;
using RaftActors.Cli.Security;

namespace RaftActors.Cli.Client;

/// <summary>
/// Sends requests to servers, for the duration of one command. It starts an actor system for each local address through which it reaches
/// servers; most machines need one. Thread-safe.
/// </summary>
internal sealed class ServerConnection(ConnectionSecurity security) : IDisposable
{
    // All requests are answered or given up by then, so there is no reason to wait for a server that is gone.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, Lazy<(ActorSystem System, IActorRef Client)>> _systems = new();
    private readonly ConcurrentDictionary<ServerId, string> _localAddresses = new();
    private long _lastNumber;

    /// <summary>Sends a request to one server once, and waits for the answer.</summary>
    /// <param name="request">Builds the request, given its number and the time that is left.</param>
    /// <param name="patience">The longest time to wait, connecting included.</param>
    /// <param name="redirected">Called on another thread with the leader, if the server forwards the request to it.</param>
    public async Task<Answer> AskAsync(
        ServerId server,
        Func<long, TimeSpan, Request> request,
        TimeSpan patience,
        Action<ServerId> redirected,
        CancellationToken cancellation)
    {
        var deadline = Deadline.After(patience);
        IActorRef client;
        try
        {
            client = ClientAt(await LocalAddressTowardsAsync(server, patience, cancellation));
        }
        catch (Exception e) when (e is SocketException or TimeoutException or OperationCanceledException or RemoteTransportException)
        {
            var failure = e is TimeoutException ? "looking up its name takes too long" : e.Message;
            return new Answer.Unsent($"cannot reach {server}: {failure}");
        }

        var number = Interlocked.Increment(ref _lastNumber);
        var pending = new PendingRequest(server, number, left => request(number, left), deadline, redirected);
        client.Tell(pending, ActorRefs.NoSender);
        var why = "did not answer in time";
        try
        {
            return await pending.Answer.WaitAsync(deadline.Left, cancellation);
        }
        catch (TimeoutException)
        {
        }
        catch (OperationCanceledException)
        {
            why = "had not answered yet";
        }

        // The client knows whether the request was sent, and completes it at once.
        client.Tell(new ServerClient.GiveUp(pending, why), ActorRefs.NoSender);
        return await pending.Answer;
    }

    public void Dispose()
    {
        var ends = _systems.Values.Where(system => system.IsValueCreated).Select(system => system.Value.System.Terminate()).ToArray();
        Task.WaitAll(ends, ShutdownTimeout);
    }

    private (ActorSystem System, IActorRef Client) Start(string hostname)
    {
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              log-dead-letters = off
              actor.provider = remote
              coordinated-shutdown {
                run-by-actor-system-terminate = off
                # A signal ends the program at once. With this hook it would stop the actor system, and the program would go on.
                run-by-clr-shutdown-hook = off
              }
              remote {
                log-remote-lifecycle-events = off
                retry-gate-closed-for = 50ms
                use-passive-connections = off
                flush-wait-on-shutdown = 100ms
                transport-failure-detector { heartbeat-interval = 1s, acceptable-heartbeat-pause = 3s }
                dot-netty.tcp { hostname = "{{hostname}}", port = 0, maximum-frame-size = {{MessageLimits.FrameBytesMax}}b }
              }
            }
            """);
        var own = ConfigurationFactory.ParseString(security.ToHocon()).WithFallback(config);
        var system = ActorSystem.Create(ServerId.GroupName, own.WithFallback(ProtocolSerializer.Registration));
        if (security.IsOn)
        {
            Raft.Get(system).OpenDoor(RequestDoor.OfClient, listens: false);
        }

        return (system, system.ActorOf(Props.Create<ServerClient>(), "client"));
    }

    // Cached, so that requests to one server are sent in the order of the calls.
    private async ValueTask<string> LocalAddressTowardsAsync(ServerId server, TimeSpan patience, CancellationToken cancellation)
    {
        if (security.IsOn)
        {
            // Answers come by the connection of the request.
            return "127.0.0.1";
        }

        if (!_localAddresses.TryGetValue(server, out var address))
        {
            address = await LocalAddress.TowardsAsync(server, cancellation).WaitAsync(patience, cancellation);
            _localAddresses.TryAdd(server, address);
        }

        return address;
    }

    private IActorRef ClientAt(string hostname) =>
        _systems.GetOrAdd(hostname, name => new(() => Start(name))).Value.Client;
}
