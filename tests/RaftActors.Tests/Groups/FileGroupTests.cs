namespace RaftActors.Tests.Groups;

/// <summary>
/// Whole groups on real files and real clocks, as configuration gives them: three processes of one node, whose stores share a directory.
/// </summary>
public sealed class FileGroupTests : NodesTest
{
    private readonly List<ActorSystem> _systems = [];
    private readonly Dictionary<string, (IActorRef Actor, TestProbe Watcher)> _nodes = [];

    [Fact]
    public void Group_that_is_stopped_and_started_again_is_the_same_group_with_the_same_pairs()
    {
        Start("a");
        Append("raft1", "key1", "one");
        Stop();
        var before = Recover("a", "raft1");

        Start("a");
        Expect("raft2", "serial 1 key1=one");
        Assert.Equal(new Serial(2), Append("raft2", "key2", "two").Serial);
        Stop();

        var after = Recover("a", "raft1");
        Assert.Equal(before.Incarnation, after.Incarnation);
        Assert.False(after.IsNew);
        Assert.True(after.State.HardState.Boot.Number > before.State.HardState.Boot.Number);
        Assert.True(after.State.HardState.Term > before.State.HardState.Term);
        Assert.Equal(before.State.HardState.Group, after.State.HardState.Group);
    }

    [Fact]
    public void What_was_acknowledged_is_there_when_the_node_was_killed_without_closing_its_stores()
    {
        Start("a");
        for (var i = 1; i <= 20; i++)
        {
            Append("raft1", $"key{i}", "v");
        }

        // A killed process leaves its written bytes, and no seal.
        Copy("a", "b");
        Stop();

        Start("b");

        Expect("raft3", "serial 20 key20=v");
        Assert.Equal(new Serial(21), Append("raft3", "key21", "v").Serial);
    }

    [Fact]
    public void Actor_gets_pairs_that_left_the_memory_after_its_own_restart_and_after_that_of_its_node()
    {
        const string settings = "raft.log-memory-max = 2kB";
        Start("a", settings);
        for (var i = 1; i <= 20; i++)
        {
            Append("raft1", $"key{i}", new string('v', 500));
        }

        _nodes["raft1"].Actor.Tell(new InvalidOperationException("a restart"));
        Expect("raft1", "started");
        Expect("raft1", "started");
        ExpectAll("raft1");
        Stop();

        Start("a", settings);
        ExpectAll("raft2");

        void ExpectAll(string name)
        {
            for (var i = 1; i <= 20; i++)
            {
                Expect(name, $"serial {i} key{i}={new string('v', 500)}");
            }
        }
    }

    [Fact]
    public void Node_cannot_use_a_directory_that_another_node_has()
    {
        Start("a");
        Expect("raft1", "started");
        var other = NewSystem("a", "");
        other.EventStream.Subscribe(TestActor, typeof(Akka.Event.Error));

        other.ActorOf(Props.Create(() => new Recorder(TestActor, new RaftOptions<string>())), "raft1");

        var error = FishForMessage<Akka.Event.Error>(_ => true, Guard);
        Assert.Contains(CausesOf(error.Cause), cause => cause is StoreException);
    }

    [Fact]
    public void Actor_with_a_wrong_byte_in_its_segment_fails_with_one_clear_exception_and_the_others_start()
    {
        Start("a");
        Append("raft1", "key1", "a pair of everybody");
        Stop();
        var segment = Assert.Single(Directory.GetFiles(Folder[Path.Combine("a", "log")], "*.wal"));
        var bytes = File.ReadAllBytes(segment);
        bytes[bytes.AsSpan().IndexOf("a pair of everybody"u8)] ^= 1;
        File.WriteAllBytes(segment, bytes);

        var system = NewSystem("a", "");
        system.EventStream.Subscribe(TestActor, typeof(Akka.Event.Error));
        foreach (var name in new[] { "raft1", "raft2", "raft3" })
        {
            _nodes[name] = (system.ActorOf(Props.Create(() => new Recorder(TestActor, null)), name), CreateTestProbe());
        }

        var error = FishForMessage<Akka.Event.Error>(_ => true, Guard);
        var cause = Assert.Single(CausesOf(error.Cause), cause => cause is StoreException);
        Assert.StartsWith($"{segment} at ", cause.Message);
        Assert.Contains("is damaged: ", cause.Message);
        FishForMessage<string>(told => told == "leads", Guard);
    }

    [Fact]
    public void Actor_with_another_roster_before_the_founding_fails_with_one_clear_exception()
    {
        ImmutableArray<ProcessName> roster = [new("raft1@node1"), new("raft2@node1"), new("raft3@node1")];
        Recover("a", "raft1", store => store.Write(
            new Effect.Persist(new Ticket(1), new HardState(Term.Zero, null, []) { Roster = roster }, [])));
        var system = NewSystem("a", "");
        system.EventStream.Subscribe(TestActor, typeof(Akka.Event.Error));

        var other = new RaftOptions<string> { Roster = ["raft1@node1", "raft4@node1", "raft5@node1"] };
        system.ActorOf(Props.Create(() => new Recorder(TestActor, other)), "raft1");

        var error = FishForMessage<Akka.Event.Error>(_ => true, Guard);
        var cause = Assert.Single(CausesOf(error.Cause), cause => cause is StoreException);
        Assert.StartsWith("Cannot start raft1@node1 of group default. The store holds the founding roster ", cause.Message);
        Assert.Contains("(raft1@node1 raft2@node1 raft3@node1)", cause.Message);
        Assert.Contains("(raft1@node1 raft4@node1 raft5@node1)", cause.Message);
    }

    private static IEnumerable<Exception> CausesOf(Exception? failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    private void Start(string directory, string settings = "")
    {
        var system = NewSystem(directory, settings);
        foreach (var name in new[] { "raft1", "raft2", "raft3" })
        {
            var watcher = CreateTestProbe();
            _nodes[name] = (system.ActorOf(Props.Create(() => new Recorder(watcher, null)), name), watcher);
        }
    }

    private ActorSystem NewSystem(string directory, string settings)
    {
        var config = ConfigurationFactory.ParseString(
            $$"""
            {{settings}}
            akka { loglevel = DEBUG, stdout-loglevel = OFF }
            raft {
              node = node1
              group = default
              roster = ["raft1@node1", "raft2@node1", "raft3@node1"]
              tick-interval = 20ms
              heartbeat-interval = 60ms
              election-timeout { min = 200ms, max = 400ms }
              store { directory = "{{Folder[directory]}}", segment-size = 1MiB }
            }
            """);
        _systems.Add(Own(ActorSystem.Create("files", config)));
        return _systems[^1];
    }

    private void Stop() => Assert.True(_systems[^1].Terminate().Wait(Guard));

    private Outcome<int> Append(string name, string key, string value)
    {
        _nodes[name].Actor.Tell(new Recorder.Append(key, value, Guard), TestActor);
        return ExpectMsg<Outcome<int>>(Guard).OrThrow();
    }

    private void Expect(string name, string expected) =>
        _nodes[name].Watcher.FishForMessage<string>(told => told == expected, Guard, $"{name} to tell '{expected}'");

    // Copies the files as the next start would find them. Closing a store ends its writes.
    private RecoveredState Recover(string directory, string name, Action<IRaftStore>? write = null)
    {
        using var opened = StoreDirectory.Open(
            new StoreOptions { Directory = Folder[directory], SegmentSizeBytes = 1 << 20 });
        var owner = new StoreOwner("default", new ProcessName($"{name}@node1"));
        using var store = opened.StoreOf(owner);
        var found = store.Open(owner, [], new SilentListener());
        write?.Invoke(store);
        return found;
    }

    private void Copy(string from, string to)
    {
        var source = Folder[from];
        var files = Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "LOCK");
        foreach (var file in files.ToArray())
        {
            var copy = Folder[Path.Combine(to, Path.GetRelativePath(source, file))];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!); // Justification: a file has a folder.
            using var read = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var write = File.Create(copy);
            read.CopyTo(write);
        }
    }
}
