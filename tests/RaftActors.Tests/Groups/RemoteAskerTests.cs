namespace RaftActors.Tests.Groups;

/// <summary>An actor system without raft actors asks a raft actor on another node.</summary>
public sealed class RemoteAskerTests : NodesTest
{
    private readonly ActorSystem _node;
    private readonly ActorSystem _client = ActorSystem.Create(
        "client",
        ConfigurationFactory.ParseString("akka.extensions = [\"RaftActors.RaftExtension, RaftActors\"]").WithFallback(RemoteNode.Network));

    private readonly int _port = FreePorts.Next();
    private readonly ActorSelection _counter;

    public RemoteAskerTests()
    {
        Own(_client);
        _node = Own(ActorSystem.Create("counters", RemoteNode.ConfigOf("counter", _port)));
        _node.ActorOf(Props.Create(() => new Counter()), "counter");
        _counter = At("counter");
    }

    [Fact]
    public async Task Outcome_of_an_append_reaches_an_asker_on_another_node()
    {
        var first = await _counter.Ask<Outcome<int>>("append 40", Guard);
        var second = await _counter.Ask<Outcome<int>>("append 2", Guard);

        var done = second.OrThrow();
        Assert.Equal(new Serial(1), first.OrThrow().Serial);
        Assert.Equal((new Serial(2), 42), (done.Serial, done.ResultOr(-1)));
        Assert.Equal("counter", done.Request.Origin.Process);
    }

    [Fact]
    public async Task Outcomes_of_queries_and_changes_reach_an_asker_on_another_node()
    {
        await _counter.Ask<Outcome<int>>("append 40", Guard);

        var answer = (await _counter.Ask<Outcome<object?>>("total", Guard)).OrThrow();
        var change = await _counter.Ask<Outcome<Membership>>("leave", Guard);
        var explanation = await _counter.Ask<string>("explain", Guard);

        Assert.Equal(40, answer.Result);
        change.NotDone();
        Assert.Contains("Leader in term", explanation);
    }

    [Fact]
    public async Task Query_whose_answer_cannot_leave_its_node_fails_with_the_cause()
    {
        await _counter.Ask<Outcome<int>>("append 40", Guard);

        var refused = (await _counter.Ask<Outcome<object?>>("unbound", Guard)).NotDone();

        Assert.Equal(FailureReason.Invalid, refused.Reason);
        Assert.Contains("The answer cannot leave its node. A RaftActors.Tests.Groups.RemoteAskerTests+Unbound cannot be", refused.Detail);
    }

    [Fact]
    public async Task Status_reaches_another_node_with_an_actor_that_can_be_told()
    {
        await _counter.Ask<Outcome<int>>("append 40", Guard);

        var status = await _counter.Ask<RaftStatus>("status", Guard);
        var again = await status.Actor!.Ask<RaftStatus>("status", Guard);

        Assert.Equal((RaftRole.Leader, new Serial(1)), (status.Role, status.Delivered));
        Assert.Equal(status.Name, again.Name);
    }

    [Fact]
    public async Task Result_of_an_applications_type_reaches_an_asker_that_named_the_type()
    {
        Raft.Get(_client).AddResultType(RaftCodec.Json<Price>());

        _node.ActorOf(Props.Create(() => new Pricer($"pricer@:{_port}")), "pricer");

        var outcome = await At("pricer").Ask<Outcome<Price>>("buy", Guard);

        Assert.Equal(new Price(12), outcome.OrThrow().ResultOr(null!));
    }

    [Fact]
    public async Task Pair_is_reported_as_committed_although_its_result_exceeds_a_message_of_the_remoting()
    {
        _node.ActorOf(Props.Create(() => new Repeater($"repeater@:{_port}")), "repeater");

        var outcome = await At("repeater").Ask<Outcome<string>>(200_000, Guard);

        Assert.Equal((new Serial(1), false), (outcome.OrThrow().Serial, outcome.HasResult));
    }

    [Fact]
    public async Task Query_whose_answer_exceeds_a_message_of_the_remoting_fails_with_the_cause()
    {
        _node.ActorOf(Props.Create(() => new Repeater($"repeater@:{_port}")), "repeater");
        await At("repeater").Ask<Outcome<string>>(100_000, Guard);
        var fits = await At("repeater").Ask<Outcome<object?>>("all", Guard);
        await At("repeater").Ask<Outcome<string>>(200_000, Guard);

        var refused = (await At("repeater").Ask<Outcome<object?>>("all", Guard)).NotDone();

        Assert.Equal(100_000, Assert.IsType<string>(fits.OrThrow().Result).Length);
        Assert.Equal(FailureReason.Invalid, refused.Reason);
        Assert.Contains("raise akka.remote.dot-netty.tcp.maximum-frame-size on both nodes", refused.Detail);
    }

    [Fact]
    public async Task Committed_change_reaches_an_asker_on_another_node_with_the_members_after_it()
    {
        await _counter.Ask<Outcome<int>>("append 40", Guard);

        var joined = (await _counter.Ask<Outcome<Membership>>("join new@:1", Guard)).OrThrow();

        Assert.Contains(new GroupMember(new ProcessName("new@:1"), isVoter: false), joined.ResultOr(null!).Members);
        Assert.Equal("counter", joined.ResultOr(null!).Leader?.Process);
    }

    private ActorSelection At(string actor) => _client.ActorSelection($"akka.tcp://counters@127.0.0.1:{_port}/user/{actor}");

    private sealed record Price(int Cents);

    private sealed class Unbound;

    private sealed class Pricer : RaftActor<int, Price>
    {
        public Pricer(string name)
            : base(new() { Group = "prices", Roster = [name] }) =>
            Receive<string>(_ => Group.Append("price", 12, replyTo: Sender));

        protected override RaftCodec<Price> ResultCodec => RaftCodec.Json<Price>();

        protected override Price HandleAppend(Entry<int> entry) => new(entry.Value);
    }

    /// <summary>Returns as many characters as the latest pair says.</summary>
    private sealed class Repeater : RaftActor<int, string>
    {
        private string _text = "";

        public Repeater(string name)
            : base(new() { Group = "texts", Roster = [name] })
        {
            Receive<int>(length => Group.Append("length", length, replyTo: Sender));
            Receive<string>(question => Group.Query(question, replyTo: Sender));
        }

        protected override string HandleAppend(Entry<int> entry) => _text = new string('a', entry.Value);

        protected override object? HandleQuery(object question) => _text;
    }

    private sealed class Counter : RaftActor<int, int>
    {
        private readonly RaftClient _group = RaftActors.Raft.Get(Context.System).CreateClient();
        private int _total;

        public Counter() => Receive<string>(text =>
        {
            switch (text.Split(' '))
            {
                case ["append", var number]:
                    Group.Append("clicks", int.Parse(number), replyTo: Sender);
                    break;
                case ["total" or "unbound"]:
                    Group.Query(text, replyTo: Sender);
                    break;
                case ["join", var name]:
                    _group.JoinAsync(new ProcessName(name)).PipeTo(Sender);
                    break;
                case ["leave"]:
                    _group.LeaveAsync(new ProcessName("unknown@:1")).PipeTo(Sender);
                    break;
                case ["explain"]:
                    _group.ExplainAsync().PipeTo(Sender);
                    break;
                case ["status"]:
                    Sender.Tell(Group.Status);
                    break;
            }
        });

        protected override int HandleAppend(Entry<int> entry) => _total += entry.Value;

        protected override object? HandleQuery(object question) => question is "unbound" ? new Unbound() : _total;
    }
}
