namespace RaftActors.Tests.Actors;

/// <summary>An actor of a scripted group that appends batches and takes them.</summary>
public sealed class BatchTests : ScriptedActorTest
{
    private const int Length = PairBatch.Max;

    private static (string, string)[] Batch => [.. Enumerable.Range(0, Length).Select(place => ("pair", $"{place}"))];

    [Fact]
    public void Batch_of_an_actor_ends_with_its_last_pair()
    {
        var actor = Start(new RaftOptions<string> { LastSerial = new Serial(2) });
        Group.BuildQuorum(withActor: false);
        Expect("started", "quorum of 2, learner");

        actor.Tell((IReadOnlyCollection<(string, string)>)[("a", "1"), ("b", "22")], TestActor);
        var append = Asked.ExpectMsg<FromActor<string>.AppendMany>();
        Assert.Equal<IEnumerable<(string, string)>>([("a", "1"), ("b", "22")], append.Pairs);
        Assert.Equal(new Serial(4), Group.Commit(append));

        Expect("append 3 a=1", "append 4 b=22 own");
        ExpectMsg(new Outcome<int> { Serial = new Serial(4), Result = 2, Request = append.Request });
    }

    [Fact]
    public void Neither_a_message_nor_a_snapshot_comes_between_the_pairs_of_a_batch()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Half(Watcher)));
        Group.BuildQuorum(withActor: false);
        actor.Tell(Batch, TestActor);
        var append = Asked.ExpectMsg<FromActor<string>.AppendMany>();
        Assert.Equal<IEnumerable<(string, string)>>(Batch, append.Pairs);

        Group.Commit(append);
        Group.TakeSnapshot();

        var said = Watcher.ReceiveN(Length + 1).Cast<string>().ToArray();
        Assert.Single(said, each => each == $"snapshot at {Length}");
        Assert.All(said, each => Assert.EndsWith($" at {Length}", each));
    }

    // Serial 4,096 is within the last batch. Each process hashes there, so its results are compared, but not a half-changed state.
    [Fact]
    public void State_is_not_hashed_between_the_pairs_of_a_batch()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Half(Watcher)));
        Group.BuildQuorum(withActor: false);
        for (var batch = 0; batch < 4; batch++)
        {
            actor.Tell(Batch, TestActor);
            Group.Commit(Asked.ExpectMsg<FromActor<string>.AppendMany>());
        }

        Group.TakeSnapshot();

        var said = Watcher.ReceiveN((4 * Length) + 1).Cast<string>().ToArray();
        Assert.Single(said, each => each.StartsWith("snapshot", StringComparison.Ordinal));
        Assert.DoesNotContain(said, each => each.StartsWith("digest", StringComparison.Ordinal));
    }

    /// <summary>Tells at which place of the batch it is asked for anything.</summary>
    private sealed class Half : RaftActor<string, int>, IRaftSnapshot<int>
    {
        private readonly IActorRef _watcher;
        private int _taken;

        public Half(IActorRef watcher)
            : base(new RaftOptions<string> { LastSerial = new Serial(2) })
        {
            _watcher = watcher;
            Receive<(string, string)[]>(pairs => Group.AppendMany(pairs));
            Receive<int>(_ => _watcher.Tell($"message at {_taken}"));
        }

        public int TakeSnapshot(Serial serial)
        {
            _watcher.Tell($"snapshot at {_taken}");
            return _taken;
        }

        public void RestoreSnapshot(Serial serial, int state) => _taken = state;

        protected override ulong? HandleDigest()
        {
            _watcher.Tell($"digest at {_taken}");
            return 0;
        }

        protected override int HandleAppend(Entry<string> entry)
        {
            _taken++;
            Self.Tell(_taken);
            return _taken;
        }
    }
}
