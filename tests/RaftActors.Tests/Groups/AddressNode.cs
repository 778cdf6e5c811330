using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>A node whose address is its name: an actor system without remoting, and one raft process.</summary>
internal sealed class AddressNode
{
    private const string Shared =
        """
        akka {
          loglevel = ERROR
          log-dead-letters = off
        }
        raft {
          address = node
          discovery-interval = 100ms
          founding-timeout = 3s
          tick-interval = 20ms
          heartbeat-interval = 100ms
          election-timeout { min = 600ms, max = 1s }
          append-timeout = 3s
          transfer-timeout = 500ms
          snapshot { after-entries = 40, retained-entries = 20 }
          store.segment-size = 1MiB
          store.free-space-floor = 0b
          quorum.allow-fewer-than-three = on
        }
        """;

    // Longer than any step takes on a working machine.
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly IActorRef _actor;

    /// <param name="config">On top of what all nodes of the tests have.</param>
    /// <param name="start">Starts the raft actors of the node. Null: it has one, a <see cref="SnapshotRecorder"/>.</param>
    public AddressNode(TestKitBase kit, string node, string config, Func<ActorSystem, IActorRef>? start = null)
    {
        Name = new ProcessName($"raft@{node}");
        System = ActorSystem.Create("named", ConfigurationFactory.ParseString($"raft.node = \"{node}\"\n{config}").WithFallback(Shared));
        (Watcher, Events) = (kit.CreateTestProbe(), kit.CreateTestProbe());
        System.EventStream.Subscribe(Events, typeof(RaftEvent));
        System.EventStream.Subscribe(Watcher, typeof(RaftEvent.StartFailed));
        _actor = start?.Invoke(System) ?? System.ActorOf(Props.Create(() => new SnapshotRecorder(Watcher, null)), Name.Process);
    }

    /// <summary>Names of nodes on which nothing listens.</summary>
    public static string[] NewNames(int count) => [.. Enumerable.Range(0, count).Select(_ => $"127.0.0.1:{FreePorts.Next()}")];

    public ProcessName Name { get; }

    public ActorSystem System { get; }

    /// <summary>The messages of the process's actor; see <see cref="SnapshotRecorder"/>.</summary>
    public TestProbe Watcher { get; }

    public TestProbe Events { get; }

    public Task<object> Ask(object message) => _actor.Ask<object>(message, Guard);

    /// <summary>Waits for this message, and returns it with those before it.</summary>
    public List<string> ExpectUpTo(Predicate<string> isLast)
    {
        var all = new List<string>();
        Watcher.FishForMessage<object>(
            told =>
            {
                if (told is RaftEvent.StartFailed failed)
                {
                    throw new InvalidOperationException($"{Name} did not start: {failed.Cause}");
                }

                all.Add($"{told}");
                return isLast($"{told}");
            },
            Guard,
            $"{Name} to tell the last message");
        return all;
    }

    public TEvent ExpectEvent<TEvent>(Predicate<TEvent> isExpected)
        where TEvent : RaftEvent => Events.FishForMessage(isExpected, Guard, $"{Name} to publish a {typeof(TEvent).Name}");

    public void Stop() => Assert.True(System.Terminate().Wait(Guard), $"{Name} did not stop.");
}
