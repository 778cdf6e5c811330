using Akka.TestKit.Xunit2;

namespace RaftActors.Cli.Tests;

/// <summary><c>raft recover</c> on the stores of a real group, which then continues.</summary>
public sealed class RecoveredGroupTests() : TestKit("akka.loglevel = ERROR")
{
    private readonly StoreFolder _folder = new();
    private ActorSystem? _system;

    [Fact]
    public void Two_recovered_survivors_of_five_keep_all_acknowledged_entries_and_accept_new_ones()
    {
        Start(1, 2, 3, 4, 5);
        for (var i = 1; i <= 20; i++)
        {
            Assert.Equal(new Serial(i), Append(1, $"key{i}"));
        }

        Stop();
        foreach (var survivor in new[] { 1, 2 })
        {
            var run = Run.Here(
                "recover", "--data", _folder.Path, "--group", "default", "--process", $"raft{survivor}@node1",
                "--members", "raft1@node1,raft2@node1", "--yes");
            Assert.Equal((0, ""), (run.Code, run.Error));
        }

        Start(1, 2);

        Assert.Equal(new Serial(21), Append(2, "key21"));
        Assert.Equal(new Serial(22), Append(1, "key22"));
        ExpectDelivered(1, 22);
        ExpectDelivered(2, 22);
        Assert.Equal(ErasOf(1), ErasOf(2));
        Assert.Equal([.. Enumerable.Repeat(0L, 20), ErasOf(1)[^1], ErasOf(1)[^1]], ErasOf(1));
        Assert.True(ErasOf(1)[^1] > 20);
    }

    protected override void AfterAll()
    {
        Stop();
        _folder.Dispose();
        base.AfterAll();
    }

    private void Start(params int[] numbers)
    {
        _system = ActorSystem.Create("recovered", ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = ERROR, stdout-loglevel = OFF }
            raft {
              node = node1
              group = default
              roster = ["raft1@node1", "raft2@node1", "raft3@node1", "raft4@node1", "raft5@node1"]
              tick-interval = 20ms
              heartbeat-interval = 60ms
              election-timeout { min = 200ms, max = 400ms }
              founding-timeout = 500ms
              store { directory = "{{_folder.Path}}", segment-size = 1MiB, free-space-floor = 0b }
            }
            """));
        var roster = numbers.Contains(5) || numbers.Length == 2 ? null : numbers.Select(number => $"raft{number}@node1").ToArray();
        foreach (var number in numbers)
        {
            _system.ActorOf(Props.Create(() => new Recorder(TestActor, roster)), $"raft{number}");
        }
    }

    private void Stop() => Assert.True(_system?.Terminate().Wait(Guard) ?? true);

    // On a busy machine the leader may change meanwhile, and the Append ends without a serial. It is repeated with its request key.
    private Serial Append(int number, string key)
    {
        while (true)
        {
            _system!.ActorSelection($"/user/raft{number}").Tell(key, TestActor);
            if (FishForMessage(message => message is Outcome<object?>, Guard) is Outcome<object?> { Failure: null } done)
            {
                return done.Serial;
            }
        }
    }

    // Asks the actor for all delivered keys, when the last one has arrived.
    private void ExpectDelivered(int number, long last)
    {
        _system!.ActorSelection($"/user/raft{number}").Tell(new Recorder.WhenAt(new Serial(last)), TestActor);
        var keys = (string[])FishForMessage(message => message is string[], Guard);
        Assert.Equal(Enumerable.Range(1, (int)last).Select(serial => $"key{serial}"), keys);
    }

    private long[] ErasOf(int number)
    {
        _system!.ActorSelection($"/user/raft{number}").Tell(Recorder.AskEras, TestActor);
        return (long[])FishForMessage(message => message is long[], Guard);
    }

    /// <summary>Appends the keys that it receives, and reports the pairs that are delivered to it.</summary>
    private sealed class Recorder : RaftActor<string>
    {
        public const int AskEras = 1;

        private readonly List<string> _keys = [];
        private readonly List<long> _eras = [];
        private readonly List<(Serial Serial, IActorRef Asker)> _asked = [];

        public Recorder(IActorRef watcher, string[]? roster)
            : base(new RaftOptions<string> { Roster = roster })
        {
            Receive<string>(key => Group.Append(key, key, Guard, watcher, requestKey: key));
            Receive<int>(_ => Sender.Tell(_eras.ToArray()));
            Receive<WhenAt>(when =>
            {
                _asked.Add((when.Serial, Sender));
                Tell();
            });
        }

        protected override object? HandleAppend(Entry<string> entry)
        {
            _keys.Add(entry.Key);
            _eras.Add(entry.Era);
            Tell();
            return null;
        }

        private void Tell()
        {
            foreach (var asked in _asked.Where(asked => asked.Serial == Group.Serial).ToArray())
            {
                _asked.Remove(asked);
                asked.Asker.Tell(_keys.ToArray());
            }
        }

        internal sealed record WhenAt(Serial Serial);
    }
}
