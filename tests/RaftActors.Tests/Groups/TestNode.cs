namespace RaftActors.Tests.Groups;

/// <summary>A node of a test: an actor system of its own, which ends with the test.</summary>
internal abstract class TestNode
{
    private readonly string _name;

    protected TestNode(NodesTest test, string name, ActorSystem system)
    {
        (_name, System) = (name, test.Own(system));
        (Watcher, Events, Warned) = (test.CreateTestProbe(), test.CreateTestProbe(), test.CreateTestProbe());
        System.EventStream.Subscribe(Events, typeof(RaftEvent));
        System.EventStream.Subscribe(Watcher, typeof(RaftEvent.StartFailed));
        System.EventStream.Subscribe(Warned, typeof(Warning));
    }

    public ActorSystem System { get; }

    /// <summary>The messages of the process's actor; see <see cref="Recorder"/>.</summary>
    public TestProbe Watcher { get; }

    /// <summary>The events that the engine publishes.</summary>
    public TestProbe Events { get; }

    /// <summary>The warnings of the node, if <c>akka.loglevel</c> is INFO or WARNING.</summary>
    public TestProbe Warned { get; }

    /// <summary>What its health check reads.</summary>
    public RaftStatus Status => Assert.Single(Raft.Get(System).Processes);

    /// <summary>Waits for this message, and skips those before it.</summary>
    public void Expect(string expected) => ExpectUpTo(told => told == expected);

    /// <summary>Waits for this message, and returns it with those before it. A process that cannot start fails the test at once.</summary>
    public List<string> ExpectUpTo(Predicate<string> isLast)
    {
        List<string> all = [];
        Watcher.FishForMessage<object>(
            told =>
            {
                all.Add(told is RaftEvent.StartFailed failed
                    ? throw new InvalidOperationException($"{_name} did not start: {failed.Cause}")
                    : $"{told}");
                return isLast(all[^1]);
            },
            Guard,
            $"{_name} to tell the last message");
        return all;
    }

    /// <summary>Waits for such an event, and skips those before it.</summary>
    public TEvent ExpectEvent<TEvent>(Predicate<TEvent> isExpected)
        where TEvent : RaftEvent => Events.FishForMessage(isExpected, Guard, $"{_name} to publish a {typeof(TEvent).Name}");

    /// <summary>Stops the actor system. A second call does nothing.</summary>
    public void Stop() => Assert.True(System.Terminate().Wait(Guard), $"{_name} did not stop.");
}
