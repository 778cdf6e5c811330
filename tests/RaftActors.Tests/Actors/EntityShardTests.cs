namespace RaftActors.Tests.Actors;

/// <summary>One node with one shard, and callers that do harm.</summary>
public sealed partial class EntityShardTests() : TestKit(Hocon)
{
    private static readonly RaftShards Shards = new("bag", 1);

    private static readonly Config Hocon = ConfigurationFactory.ParseString(
        """
        akka.loglevel = INFO
        raft { node = "node1", roster = ["bag-0@node1"], quorum.allow-fewer-than-three = on, learner.delivery = as-committed }
        """);

    private readonly Program _program = new();

    [Fact]
    public async Task Question_of_another_program_does_not_restart_the_shard()
    {
        await using var entities = Start();
        await entities.SendAsync("a", 1);
        Sys.EventStream.Subscribe(TestActor, typeof(RaftEvent.Started));

        await using var reader = Raft.Get(Sys).CreateClient<object?, object?>("bag-0");
        foreach (var question in new object[] { "text", 17, new byte[] { 9, 9, 9, 9, 9 } })
        {
            var failure = (await reader.QueryAsync<object?>(question)).NotDone();
            Assert.Equal(FailureReason.HandlerFailed, failure.Reason);
            Assert.Contains("HandleQuery threw InvalidDataException", failure.Detail);
        }

        Assert.Equal([1], (await entities.AskAsync<byte[]>("a")).Result);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task Question_whose_handler_throws_fails_alone()
    {
        await using var entities = Start();
        await entities.SendAsync("a", 1);
        Sys.EventStream.Subscribe(TestActor, typeof(RaftEvent.Started));

        var failure = (await entities.AskAsync<object?>("a", "throw")).NotDone();

        Assert.Contains("no answer", failure.Detail);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task Answer_that_its_caller_changes_leaves_the_state_as_it_is()
    {
        await using var entities = Start();
        await entities.SendAsync("a", 1);

        ((await entities.AskAsync<byte[]>("a")).Result)[0] = 99;

        Assert.Equal([1], (await entities.AskAsync<byte[]>("a")).Result);
    }

    [Fact]
    public async Task Result_that_its_caller_changes_leaves_the_state_as_it_is()
    {
        await using var entities = Start();
        await entities.SendAsync("a", 1);

        ((byte[])(await entities.SendAsync("a", "state")).Result!)[0] = 99;

        Assert.Equal([1], (await entities.AskAsync<byte[]>("a")).Result);
    }

    [Fact]
    public async Task State_with_a_codec_alone_is_an_answer_on_its_node()
    {
        StartPad();
        await using var entities = Raft.Get(Sys).CreateEntityClient<string, object?>(Shards);
        await entities.SendAsync("a", "one");

        ((await entities.AskAsync<Page>("a")).Result).Lines.Clear();

        Assert.Equal(["one"], ((await entities.AskAsync<Page>("a")).Result).Lines);
    }

    [Fact]
    public void Learner_handles_commands_in_order_whatever_its_configuration_is()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<object?>(Sys, asked, [("a", "1"), ("a", "2")]);
        StartPad();
        group.BuildQuorum(withActor: false);
        group.Commit("a", "3");

        group.TakeSnapshot();

        Assert.Contains("1\n2\n3", Encoding.UTF8.GetString((byte[])asked.ExpectMsg<FromActor<object?>.Snapshot>().State!));
    }

    [Fact]
    public async Task Command_of_another_type_than_the_entitys_is_never_written()
    {
        Sys.ActorOf(Props.Create(() => new EntityShard<Sum, int>(Shards.All[0], () => new Sum(), null)));
        await using var entities = Raft.Get(Sys).CreateEntityClient<object?, int>(Shards);

        foreach (var command in new object?[] { "text", null, 5L })
        {
            var refused = (await entities.SendAsync("x", command)).NotDone();
            Assert.Equal(FailureReason.Invalid, refused.Reason);
            Assert.Contains("is no command of a Sum: they are of type System.Int32.", refused.Detail);
        }

        var done = (await entities.SendAsync("x", 5)).OrThrow();
        Assert.Equal((new Serial(1), 5), (done.Serial, done.ResultOr(-1)));
    }

    [Fact]
    public async Task Null_is_a_command_where_each_object_is_one()
    {
        await using var entities = Start();

        Assert.Equal(0, (await entities.SendAsync("a", null)).Result);
    }

    [Fact]
    public async Task Command_that_FindFault_refuses_is_never_written()
    {
        Sys.ActorOf(Props.Create(() => new EntityShard<Sum, int>(
            Shards.All[0],
            () => new Sum(),
            new EntityShardOptions<int> { FindFault = (id, command) => (int)command! < 0 ? $"{id} has no negative numbers" : null })));
        await using var entities = Raft.Get(Sys).CreateEntityClient<int, int>(Shards);

        var refused = (await entities.SendAsync("x", -1)).NotDone();

        Assert.Equal((FailureReason.Invalid, "x has no negative numbers"), (refused.Reason, refused.Detail));
        Assert.Equal(new Serial(1), (await entities.SendAsync("x", 1)).OrThrow().Serial);
    }

    [Fact]
    public async Task Pair_that_FindFault_refuses_never_reaches_a_plain_actor()
    {
        var plain = Sys.ActorOf(Props.Create(() => new Plain()), "bag-0");
        await using var client = Raft.Get(Sys).CreateClient<object?, object?>("bag-0");

        var bad = (await client.AppendAsync("key", "bad")).NotDone();

        Assert.Equal((FailureReason.Invalid, "key is bad"), (bad.Reason, bad.Detail));
        plain.Tell("bad", TestActor);
        Assert.Equal("key is bad", (await ExpectMsgAsync<Outcome<object?>>()).NotDone().Detail);
        Assert.Equal(new Serial(1), (await client.AppendAsync("key", "good")).OrThrow().Serial);
    }

    [Fact]
    public async Task Question_waits_for_the_serial_of_its_consistency()
    {
        await using var entities = Start();
        await entities.SendAsync("a", 1);
        var third = ReadConsistency.NotOlderThan(new Serial(3));
        var asked = entities.AskAsync<byte[]>("a", timeout: TimeSpan.FromSeconds(30), consistency: third);

        await entities.SendAsync("a", 1);
        Assert.False(asked.IsCompleted);
        await entities.SendAsync("a", 1);

        Assert.Equal([3], (await asked).Result);
    }

    [Fact]
    public async Task Entity_is_in_the_shard_of_its_id()
    {
        var shards = new RaftShards("many", 4);
        foreach (var shard in shards.All)
        {
            Sys.ActorOf(Props.Create(() => new EntityShard<Sum, int>(shard, () => new Sum(), null)));
        }

        await using var entities = Raft.Get(Sys).CreateEntityClient<int, int>(shards);
        string[] ids = ["a", "b", "c", "d", "e", "f", "g"];
        foreach (var id in ids)
        {
            Assert.Equal(1, (await entities.SendAsync(id, 1)).OrThrow().ResultOr(-1));
            Assert.Equal(1, (await entities.AskAsync<int>(id)).Result);
        }

        Assert.Equal(
            shards.All.Select(shard => (shard.Group, new Serial(ids.Count(id => shards.Of(id) == shard)))),
            Raft.Get(Sys).Processes.Select(process => (process.Group, process.Committed)));
        Assert.Equal(
            shards.All.Select(shard => shard.Group),
            shards.All.SelectMany(shard => Raft.Get(Sys).ProcessesOf(shard.Group)).Select(process => process.Group));
        Assert.Empty(new[] { "", "many", "many-", "many-9", "other" }.SelectMany(Raft.Get(Sys).ProcessesOf));
    }

    [Fact]
    public async Task Client_with_another_number_of_shards_reaches_no_entity_of_another_shard()
    {
        var two = new RaftShards("bag", 2);
        Sys.ActorOf(Props.Create(() => new EntityShard<Sum, int>(two.All[0], () => new Sum(), null)));
        await using var ofOne = Raft.Get(Sys).CreateEntityClient<int, int>(Shards);

        var refused = (await ofOne.SendAsync("a", 1)).NotDone();
        var unanswered = (await ofOne.AskAsync<int>("a")).NotDone();

        Assert.Equal(FailureReason.Invalid, refused.Reason);
        Assert.Contains("'a' is in the shard bag-1 of 2 shards bag, and this is bag-0.", refused.Detail);
        Assert.Contains("'a' is in the shard bag-1 of 2 shards bag, and this is bag-0.", unanswered.Detail);
        Assert.Equal(1, (await ofOne.SendAsync("b", 1)).OrThrow().ResultOr(-1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Number_of_shards_that_was_changed_over_old_data_is_an_error(bool inSnapshot)
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<object?>(Sys, asked);
        var two = new RaftShards("bag", 2);
        var shard = Sys.ActorOf(Props.Create(() => new EntityShard<Sum, int>(Shards.All[0], () => new Sum(), null)));
        group.BuildQuorum(withActor: false);
        group.Commit("a", 1);
        if (inSnapshot)
        {
            group.TakeSnapshot();
            asked.ExpectMsg<FromActor<object?>.Snapshot>();
        }

        Watch(shard);
        Sys.Stop(shard);
        ExpectTerminated(shard);
        EventFilter.Error(contains: "The shard bag-0 has commands of the entity 'a' from when there was another number of shards than 2")
            .ExpectOne(() => Sys.ActorOf(Props.Create(() => new EntityShard<Sum, int>(two.All[0], () => new Sum(), null))));
    }

    [Fact]
    public async Task Disposed_client_ends_its_calls()
    {
        var entities = Start();
        await entities.SendAsync("a", 1);
        await entities.DisposeAsync();

        var outcome = await entities.SendAsync("a", 1);

        Assert.Equal(FailureReason.Closed, outcome.NotDone().Reason);
    }

    private EntityClient<object?, object?> Start()
    {
        Sys.ActorOf(Props.Create(() => new EntityShard<Bag, byte[]>(Shards.All[0], _program.Create, null)));
        return Raft.Get(Sys).CreateEntityClient<object?, object?>(Shards);
    }

    private void StartPad() => Sys.ActorOf(Props.Create(() => new EntityShard<Pad, Page>(
        Shards.All[0],
        () => new Pad(),
        new EntityShardOptions<Page> { StateCodec = new PageCodec() })));

    /// <summary>The program of the node.</summary>
    private sealed class Program
    {
        /// <summary>Thrown at each command, after it has changed the state.</summary>
        public Exception? Fault { get; set; }

        public Bag Create() => new(this);
    }

    private sealed class Bag(Program program) : ReplicatedEntity<byte[], object?, object?>
    {
        protected override byte[] NewState() => [0];

        protected override object? HandleCommand(object? command)
        {
            if (program.Fault is { } fault)
            {
                State[0] = 77;
                throw fault;
            }

            switch (command)
            {
                case "state":
                    return State;
                case null:
                    break;
                default:
                    State[0] += (byte)(int)command;
                    break;
            }

            return (int)State[0];
        }

        protected override object? HandleQuestion(object? question) =>
            question switch
            {
                "throw" => throw new InvalidOperationException("no answer"),
                int number => $"{Id} was asked {number}",
                _ => base.HandleQuestion(question),
            };
    }

    private sealed class Sum : ReplicatedEntity<int, int, int>
    {
        protected override int NewState() => 0;

        protected override int HandleCommand(int command) => State += command;
    }

    private sealed class Plain : RaftActor<object?, object?>
    {
        public Plain()
            : base(new() { Group = "bag-0", FindFault = (key, value) => value is "bad" ? $"{key} is bad" : null }) =>
            Receive<string>(value => Group.Append("key", value, replyTo: Sender));

        protected override object? HandleAppend(Entry<object?> entry) => null;
    }

    private sealed record Page(List<string> Lines);

    private sealed class Pad : ReplicatedEntity<Page, string, object?>
    {
        protected override Page NewState() => new([]);

        protected override object? HandleCommand(string command)
        {
            State.Lines.Add(command);
            return null;
        }
    }

    private sealed class PageCodec : RaftCodec<Page>
    {
        public override void Encode(Page value, IBufferWriter<byte> output) => output.Write(value.Lines.Contains("?")
            ? throw new NotSupportedException("A question mark cannot be written.")
            : Encoding.UTF8.GetBytes(string.Join('\n', value.Lines)));

        public override Page Decode(ReadOnlySpan<byte> bytes) =>
            new([.. Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }
}
