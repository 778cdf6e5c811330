namespace RaftActors.Tests.Clients;

/// <summary>The open calls of a client that knows one process, which the test plays. Time passes when the test says so.</summary>
public sealed class GroupCallsTests : TestKit
{
    private static readonly ProcessName Leader = new("orders@node");
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tick = AttemptTimeout / 10;

    private readonly ScriptedProcess _engine;
    private readonly Links _links;
    private readonly GroupCalls _calls;

    public GroupCallsTests()
        : base("""
            akka.loglevel = OFF
            akka.scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Tests"
            """)
    {
        Raft.Get(Sys);
        _engine = ScriptedProcess.Lead(Sys, "orders", Leader);
        _links = new Links(NodeNetwork.Of(Sys));
        _calls = new GroupCalls(ClientSettings.Read(Sys.Settings.Config, "orders"), Sys, _links);
    }

    private Address Own => NodeNetwork.Of(Sys).Address;

    private int Asks => _engine.Waiting.Count(call => call is ClientCall.Explain);

    [Fact]
    public void Question_without_an_answer_is_asked_again_after_the_attempt_timeout()
    {
        Begin(mayRepeat: true);
        _engine.Expect<ClientCall.Explain>();

        Pass(AttemptTimeout / 2);
        Assert.Equal(0, Asks);
        Pass(AttemptTimeout / 2);

        Assert.Equal(1, Asks);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Closed_client_tells_the_leader_its_last_append_if_it_has_made_one(bool hasAppended)
    {
        if (hasAppended)
        {
            Array.ForEach([1L, 2], _ => _calls.TryBegin(new ClientAppend<int>(new("key", default), TimeSpan.FromMinutes(1))));
            foreach (var number in (long[])[1, 2])
            {
                _engine.Expect<ClientCall.Append>();
                var request = RequestRef.Of(new RequestId(_calls.Origin, number));
                _engine.Reply(new Outcome<int> { Serial = new Serial(number), Request = request });
            }
        }
        else
        {
            Begin(mayRepeat: true);
        }

        _calls.Close();

        Assert.True(_calls.Stopped.IsCompletedSuccessfully);
        var told = _engine.Waiting.OfType<ClientCall.Close>().Select(call => call.Last);
        Assert.Equal(hasAppended ? [new RequestId(_calls.Origin, 2)] : [], told);
    }

    [Fact]
    public void Question_that_may_not_be_repeated_is_asked_once()
    {
        var question = Begin(mayRepeat: false);
        _engine.Expect<ClientCall.Explain>();

        Pass(AttemptTimeout * 2);

        Assert.Equal(0, Asks);
        Assert.False(question.Task.IsCompleted);
    }

    [Fact]
    public async Task Question_that_is_declined_is_asked_again_and_ends_with_the_reason_at_its_deadline()
    {
        var question = Begin(mayRepeat: true);
        _engine.Expect<ClientCall.Explain>();

        _engine.Reply(new ClientReply.Declined("not now"));
        Pass(Tick);
        Assert.Equal(1, Asks);
        Pass(TimeSpan.FromSeconds(10));

        Assert.Equal("not now", (await question.Task).Why);
    }

    [Fact]
    public async Task Question_that_every_process_declines_is_asked_again_soon_at_first_and_rarely_later()
    {
        var question = Begin(mayRepeat: true, TimeSpan.FromMinutes(1));

        Assert.Equal(1, AsksIn(Tick));
        Assert.InRange(AsksIn(AttemptTimeout), 2, 6);
        Assert.Equal(20, AsksIn(AttemptTimeout * 10));
        Assert.False(question.Task.IsCompleted);

        Pass(AttemptTimeout);
        _engine.Expect<ClientCall.Explain>();
        _engine.Reply(new Outcome<string> { Result = "it leads" });
        Assert.Equal("it leads", Assert.IsType<Outcome<string>>((await question.Task).Reply).Result);

        int AsksIn(TimeSpan time)
        {
            var before = question.Attempts;
            for (var passed = TimeSpan.Zero; passed < time; passed += Tick)
            {
                if (question.Declines < question.Attempts)
                {
                    _engine.Expect<ClientCall.Explain>();
                    _engine.Reply(new ClientReply.Declined("full"));
                }

                Pass(Tick);
            }

            return question.Attempts - before;
        }
    }

    [Fact]
    public async Task Question_that_may_not_be_repeated_is_asked_again_when_it_is_declined_because_no_process_took_it()
    {
        var question = Begin(mayRepeat: false);
        _engine.Expect<ClientCall.Explain>();

        _engine.Reply(new ClientReply.Declined("not now"));
        Pass(Tick);
        _engine.Expect<ClientCall.Explain>(_ => Asks == 0);
        Pass(AttemptTimeout);
        Assert.Equal(0, Asks);
        _engine.Reply(new Outcome<string> { Result = "it leads" });

        Assert.Equal(new Outcome<string> { Result = "it leads" }, (await question.Task).Reply);
    }

    // A later version may reply with something that this one does not know.
    [Fact]
    public void Append_whose_reply_cannot_be_read_at_all_is_sent_again()
    {
        ClientAppend<int> append = new(new("clicks", default), TimeSpan.FromMinutes(1));
        Assert.True(_calls.TryBegin(append));
        _engine.Expect<ClientCall.Append>();

        _engine.Reply(new Status.Failure(new InvalidDataException("200 is no number of a reply")));
        Pass(Tick);

        Assert.True(_engine.Expect<ClientCall.Append>().IsRetry);
        Assert.False(append.Task.IsCompleted);
    }

    // By this serial the group knows a new client from one that it has forgotten.
    [Fact]
    public void Retry_tells_the_serial_that_the_client_knew_before_its_first_attempt()
    {
        Assert.True(_calls.TryBegin(new ClientAppend<int>(new("clicks", default), TimeSpan.FromMinutes(1))));
        _engine.Expect<ClientCall.Append>();
        _engine.Reply(new ClientReply.NotLeading(null, default, MayBeWritten: false));
        _engine.Expect<ClientCall.Locate>();
        _engine.Reply(new ClientReply.Located("orders", Leader, Leader, new Term(1), [new ProcessAddress(Leader, Own)])
        {
            Committed = new Serial(7),
        });
        _engine.Expect<ClientCall.Append>();

        _engine.Reply(new Status.Failure(new InvalidDataException("200 is no number of a reply")));
        Pass(Tick);

        var retry = _engine.Expect<ClientCall.Append>();
        Assert.Equal((true, new Serial(7)), (retry.IsRetry, retry.Started));
    }

    [Fact]
    public async Task Question_after_the_end_of_the_client_is_not_sent()
    {
        _calls.Close();

        var question = Begin(mayRepeat: true);

        Assert.Empty(_engine.Waiting);
        Assert.Equal(FailureReason.Closed, (await question.Task).Cause);
        Assert.True(_calls.Stopped.IsCompleted);
    }

    [Fact]
    public async Task Question_to_a_node_goes_to_its_registry_and_needs_no_group()
    {
        ScriptedProcess registry = new();
        NodeNetwork.Of(Sys).Calls.Add(CallTarget.Registry, registry);
        ClientQuestion question = new(TimeSpan.FromSeconds(10), new ClientCall.ListProcesses(null)) { Node = Own };

        Assert.True(_calls.TryBegin(question));
        Pass(Tick);

        Assert.Equal([new ClientCall.ListProcesses(null)], registry.Waiting);
        registry.Expect<ClientCall.ListProcesses>();
        registry.Reply(new ClientReply.Failed(RaftFailure.NotDone(FailureReason.Invalid, "it is earlier")));
        Assert.Equal(new ClientReply.Failed(RaftFailure.NotDone(FailureReason.Invalid, "it is earlier")), (await question.Task).Reply);
    }

    [Fact]
    public async Task Question_to_a_node_that_takes_no_connection_ends_at_once()
    {
        ScriptedProcess registry = new();
        NodeNetwork.Of(Sys).Calls.Add(CallTarget.Registry, registry);
        ClientQuestion question = new(TimeSpan.FromSeconds(10), new ClientCall.ListProcesses(null)) { Node = Own };
        Assert.True(_calls.TryBegin(question));
        registry.Expect<ClientCall.ListProcesses>();

        registry.Reply(new ClientReply.Lost(Own, WasSent: false));

        Assert.Equal($"No connection to {Own}; a node without raft actors listens nowhere.", (await question.Task).Why);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Question_whose_connection_was_lost_is_asked_again_and_one_that_may_not_be_repeated_only_if_it_was_not_sent(bool mayRepeat)
    {
        var question = Begin(mayRepeat);
        _engine.Expect<ClientCall.Explain>();

        _engine.Reply(new ClientReply.Lost(Own, WasSent: true));
        Pass(Tick);
        Assert.Equal((mayRepeat ? 1 : 0, false), (Asks, question.Task.IsCompleted));

        var unsent = Begin(mayRepeat);
        _engine.Expect<ClientCall.Explain>(_ => Asks == 0);
        _engine.Reply(new ClientReply.Lost(Own, WasSent: false));
        Pass(Tick);
        Assert.Equal(1, Asks);
        Assert.Equal(1, unsent.Attempts);
    }

    [Fact]
    public async Task Question_that_is_cancelled_ends_and_its_late_reply_does_nothing()
    {
        var question = Begin(mayRepeat: true);
        _engine.Expect<ClientCall.Explain>();

        _calls.Cancel(question);
        _engine.Reply(new Outcome<string> { Result = "it leads" });

        var answer = await question.Task;
        Assert.Equal((null, true, FailureReason.Canceled), (answer.Reply, answer.WasSent, answer.Cause));
    }

    [Fact]
    public void Append_for_a_process_that_is_gone_is_sent_to_the_next_leader()
    {
        ClientAppend<int> append = new(new("clicks", default), TimeSpan.FromMinutes(1));
        Assert.True(_calls.TryBegin(append));
        _engine.Expect<ClientCall.Append>();

        var next = ScriptedProcess.Lead(Sys, "orders", new ProcessName("orders@next"));
        _engine.Reply(new ClientReply.Declined("No process orders@node of group 'orders' runs on this node."));
        Pass(AttemptTimeout * 2);

        Assert.False(next.Expect<ClientCall.Append>().IsRetry);
        Assert.False(append.Task.IsCompleted);
    }

    [Fact]
    public void Append_that_the_leader_refused_for_now_is_sent_again_before_a_later_one_of_the_same_thread()
    {
        Assert.True(_calls.TryBegin(new ClientAppend<int>(new("first", default), TimeSpan.FromMinutes(1))));
        var first = _engine.Expect<ClientCall.Append>();
        _engine.Reply(RaftFailure.NotDone(FailureReason.Stopped, "its actor is held").ToOutcome<int>(RequestRef.Of(first.Request)));

        Assert.True(_calls.TryBegin(new ClientAppend<int>(new("second", default), TimeSpan.FromMinutes(1))));
        Pass(Tick);

        Assert.Equal(["first", "second"], [_engine.Expect<ClientCall.Append>().Key, _engine.Expect<ClientCall.Append>().Key]);
    }

    // A process on the own node answers without any delay, so the client would do nothing else.
    [Fact]
    public void Process_that_does_not_lead_and_is_found_again_is_asked_once_more_before_the_next_tick()
    {
        Assert.True(_calls.TryBegin(new ClientAppend<int>(new("clicks", default), TimeSpan.FromMinutes(1))));
        _engine.Expect<ClientCall.Append>();

        _engine.Reply(new ClientReply.NotLeading(null, default, MayBeWritten: false));
        _engine.Expect<ClientCall.Locate>();
        _engine.Reply(new ClientReply.Located("orders", Leader, Leader, new Term(1), [new ProcessAddress(Leader, Own)]));
        _engine.Expect<ClientCall.Append>();
        _engine.Reply(new ClientReply.NotLeading(null, default, MayBeWritten: false));

        Assert.DoesNotContain(_engine.Waiting, call => call is ClientCall.Locate);
        Pass(Tick);
        Assert.Contains(_engine.Waiting, call => call is ClientCall.Locate);
    }

    // Each question for the leader may be lost with its connection. The link counts them as open.
    [Fact]
    public void Question_for_the_leader_that_is_asked_again_replaces_the_one_before()
    {
        ScriptedProcess registry = new();
        NodeNetwork.Of(Sys).Calls.Add(CallTarget.Registry, registry);
        Begin(mayRepeat: true, TimeSpan.FromMinutes(1));

        Pass(AttemptTimeout * 10);

        Assert.InRange(registry.Callers.Count, 10, 100);
        Assert.Single(registry.Callers.Distinct());
    }

    [Fact]
    public void Questions_above_the_maximum_are_not_begun_and_those_of_subscriptions_do_not_count()
    {
        var max = ClientSettings.Read(Sys.Settings.Config, "orders").PendingMax;
        for (var number = 0; number < max; number++)
        {
            Begin(mayRepeat: true);
        }

        Assert.False(_calls.TryBegin(new ClientQuestion(AttemptTimeout, new ClientCall.Explain())));
        Assert.True(_calls.TryBegin(new ClientQuestion(AttemptTimeout, new ClientCall.Explain()) { IsOfSubscription = true }));
    }

    [Fact]
    public void Questions_that_end_before_they_could_be_sent_make_room_for_others()
    {
        _links.Sending = CallSending.Unreachable;
        var max = ClientSettings.Read(Sys.Settings.Config, "orders").PendingMax;
        var unsent = Enumerable.Range(0, max).Select(_ => Begin(mayRepeat: true, Tick)).ToList();

        Pass(Tick * 2);

        Assert.All(unsent, question => Assert.Equal((true, 0), (question.Task.IsCompleted, question.Attempts)));
        Begin(mayRepeat: true);
    }

    // A leader that is silent is noticed by these questions alone.
    [Theory]
    [InlineData("Full")]
    [InlineData("Unreachable")]
    public void Leader_is_asked_whether_it_leads_after_a_question_to_it_was_not_sent(string sending)
    {
        ClientAppend<int> append = new(new("clicks", default), TimeSpan.FromMinutes(1));
        Assert.True(_calls.TryBegin(append));
        _engine.Expect<ClientCall.Append>();
        _links.Sending = Enum.Parse<CallSending>(sending);
        Begin(mayRepeat: true);
        _links.Sending = CallSending.Sent;

        Pass(AttemptTimeout / 2);

        Assert.Contains(_engine.Waiting, call => call is ClientCall.Locate);
        Assert.False(append.Task.IsCompleted);
    }

    [Fact]
    public async Task Question_for_which_the_own_queue_has_no_room_is_asked_again_and_says_so_at_its_deadline()
    {
        ScriptedProcess registry = new();
        NodeNetwork.Of(Sys).Calls.Add(CallTarget.Registry, registry);
        ClientQuestion NewQuestion() => new(TimeSpan.FromSeconds(1), new ClientCall.ListProcesses(null)) { Node = Own };
        var (late, early) = (NewQuestion(), NewQuestion());
        _links.Sending = CallSending.Full;
        Assert.True(_calls.TryBegin(late));

        Pass(TimeSpan.FromSeconds(1));
        Assert.True(_calls.TryBegin(early));
        _links.Sending = CallSending.Sent;
        Pass(Tick);

        Assert.Contains("wait to be sent", (await late.Task).Why);
        registry.Expect<ClientCall.ListProcesses>();
        Assert.False(early.Task.IsCompleted);
    }

    [Fact]
    public void Append_for_which_the_own_queue_has_no_room_goes_to_the_same_process_with_the_next_tick()
    {
        Assert.True(_calls.TryBegin(new ClientAppend<int>(new("first", default), TimeSpan.FromMinutes(1))));
        _engine.Expect<ClientCall.Append>();
        _links.Sending = CallSending.Full;
        Assert.True(_calls.TryBegin(new ClientAppend<int>(new("second", default), TimeSpan.FromMinutes(1))));
        Begin(mayRepeat: true);
        _links.Sending = CallSending.Sent;

        Pass(Tick);

        Assert.Equal("second", _engine.Expect<ClientCall.Append>().Key);
    }

    private ClientQuestion Begin(bool mayRepeat, TimeSpan? timeout = null)
    {
        ClientQuestion question = new(timeout ?? TimeSpan.FromSeconds(10), new ClientCall.Explain(), mayRepeat);
        Assert.True(_calls.TryBegin(question));
        return question;
    }

    // In ticks of the client.
    private void Pass(TimeSpan time)
    {
        for (; time > TimeSpan.Zero; time -= Tick)
        {
            ((VirtualScheduler)Sys.Scheduler).Advance(Tick);
        }
    }

    // The links of the system, which the test can fill and cut.
    private sealed class Links(NodeNetwork network) : ICallNetwork, ICallLink
    {
        public CallSending Sending { get; set; }

        public Address? CallAddress => network.CallAddress;

        public string Problems => "";

        public ICallLink LinkTo(Address node) => this;

        public CallSending Send(CallTarget target, ClientCall call, ICaller caller) =>
            Sending == CallSending.Sent ? network.LinkTo(network.Address).Send(target, call, caller) : Sending;
    }
}
