using System.Collections.Concurrent;
using System.Net.Sockets;

using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>
/// Asks servers. It is an actor system for as long as one command takes: one for each of this machine's addresses that servers are
/// reached from, which is one but on strange networks.
/// </summary>
internal sealed class ServerConnection : IDisposable
{
    // What was asked is answered, or given up; a server that has gone is no reason to stay.
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, Lazy<(ActorSystem System, IActorRef Correspondent)>> _systems = new();
    private readonly ConcurrentDictionary<ServerId, string> _localAddresses = new();
    private long _numbers;

    /// <summary>Asks a server once.</summary>
    /// <param name="request">Makes it, given its number and for how long it is waited for.</param>
    /// <param name="patience">For how long, all in all.</param>
    /// <param name="redirected">The server said who answers in its place. Called by another thread.</param>
    public async Task<Answer> AskAsync(
        ServerId server,
        Func<long, TimeSpan, Request> request,
        TimeSpan patience,
        Action<ServerId> redirected,
        CancellationToken cancellation)
    {
        var started = Deadline.After(patience);
        IActorRef correspondent;
        try
        {
            correspondent = CorrespondentAt(await LocalAddressTowardsAsync(server, patience, cancellation));
        }
        catch (Exception e) when (e is SocketException or TimeoutException or OperationCanceledException or RemoteTransportException)
        {
            var why = e is TimeoutException ? "looking up its name takes too long" : e.Message;
            return new Answer.Unsent($"cannot reach {server}: {why}");
        }

        var number = Interlocked.Increment(ref _numbers);
        var question = new Question(server, number, left => request(number, left), started, redirected);
        correspondent.Tell(question, ActorRefs.NoSender);
        var silence = "did not answer in time";
        try
        {
            return await question.Answer.WaitAsync(started.Left, cancellation);
        }
        catch (TimeoutException)
        {
        }
        catch (OperationCanceledException)
        {
            silence = "had not answered yet";
        }

        // It knows whether the request has left. Its answer comes at once.
        correspondent.Tell(new Correspondent.GiveUp(question, silence), ActorRefs.NoSender);
        return await question.Answer;
    }

    public void Dispose()
    {
        var ends = _systems.Values.Where(system => system.IsValueCreated).Select(system => system.Value.System.Terminate()).ToArray();
        Task.WaitAll(ends, GoodbyePatience);
    }

    private static (ActorSystem System, IActorRef Correspondent) Start(string hostname)
    {
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              log-dead-letters = off
              actor.provider = remote
              coordinated-shutdown.run-by-actor-system-terminate = off
              remote {
                log-remote-lifecycle-events = off
                retry-gate-closed-for = 50ms
                flush-wait-on-shutdown = 100ms
                transport-failure-detector { heartbeat-interval = 1s, acceptable-heartbeat-pause = 3s }
                dot-netty.tcp { hostname = "{{hostname}}", port = 0, maximum-frame-size = {{MessageLimits.FrameBytesMax}}b }
              }
            }
            """);
        var system = ActorSystem.Create(ServerId.GroupName, config.WithFallback(ProtocolSerializer.Registration));
        return (system, system.ActorOf(Props.Create<Correspondent>(), "client"));
    }

    // Looked up once, so that what is asked of one server leaves in the order in which it was asked.
    private async ValueTask<string> LocalAddressTowardsAsync(ServerId server, TimeSpan patience, CancellationToken cancellation)
    {
        if (!_localAddresses.TryGetValue(server, out var address))
        {
            address = await LocalAddress.TowardsAsync(server, cancellation).WaitAsync(patience, cancellation);
            _localAddresses.TryAdd(server, address);
        }

        return address;
    }

    private IActorRef CorrespondentAt(string hostname) =>
        _systems.GetOrAdd(hostname, name => new(() => Start(name))).Value.Correspondent;
}
