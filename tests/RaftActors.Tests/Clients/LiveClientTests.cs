namespace RaftActors.Tests.Clients;

/// <summary>The client with an engine that the test plays. Its timer fires when a test lets time pass.</summary>
public sealed class LiveClientTests : TestKit
{
    private static readonly ProcessName Leader = new("orders@node");
    private static readonly ProcessName Follower = new("orders@other");

    private readonly ScriptedProcess _engine;
    private readonly ScriptedProcess _follower;
    private readonly LiveClient<int, int> _client;

    public LiveClientTests()
        : base("""
            akka.loglevel = OFF
            raft.client.pending-max = 2
            akka.scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Tests"
            """)
    {
        Raft.Get(Sys);
        _engine = ScriptedProcess.Lead(Sys, "orders", Leader, Follower);
        _follower = ScriptedProcess.Add(Sys, "orders", Follower);
        _client = Make();
    }

    [Fact]
    public async Task Pairs_that_came_are_delivered_although_the_process_has_compacted_them_since()
    {
        var pairs = _client.SubscribeAsync(new Serial(2)).GetAsyncEnumerator();
        var next = pairs.MoveNextAsync().AsTask();
        AnswerWithSerial3(discarded: 5);

        Assert.True(await next.WaitAsync(Guard));
        Assert.Equal((new Serial(3), 7), (pairs.Current.Serial, pairs.Current.Value));
        var get = _client.GetAsync(new Serial(3));
        AnswerWithSerial3(discarded: 5);
        Assert.Equal(7, (await get.WaitAsync(Guard)).OrThrow().Result?.Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Pairs_behind_a_gap_are_not_delivered(long discarded)
    {
        var next = _client.SubscribeAsync(new Serial(1)).GetAsyncEnumerator().MoveNextAsync().AsTask();
        AnswerWithSerial3(discarded);

        var problem = await Assert.ThrowsAsync<RaftException>(() => next.WaitAsync(Guard));
        Assert.Equal(FailureReason.Compacted, problem.Failure?.Reason);
        var get = _client.GetAsync(new Serial(2));
        AnswerWithSerial3(discarded);
        Assert.Equal(FailureReason.Compacted, (await get.WaitAsync(Guard)).Failure?.Reason);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public async Task Append_with_an_extreme_timeout_is_sent_and_ends(long ticks)
    {
        var append = _client.AppendAsync("clicks", 1, new TimeSpan(ticks));

        var call = Expect<ClientCall.Append>();
        Assert.InRange(call.Timeout, TimeSpan.Zero, TimeSpan.FromMilliseconds(int.MaxValue));
        Complete(call, _engine.LastCaller);

        Assert.Equal(new Serial(1), (await append.WaitAsync(Guard)).OrThrow().Serial);
    }

    [Fact]
    public async Task Request_key_is_sent_with_its_serial_and_an_unknown_outcome_says_that_it_was_forgotten()
    {
        var key = new RequestKey("order 7", new Serial(3));
        var append = _client.AppendAsync("clicks", 1, requestKey: key);

        var call = Expect<ClientCall.Append>();
        Assert.Equal(HashedKey.Of(key), call.RequestKey);
        var (origin, number) = call.Request;
        var request = new RequestRef(origin.Name, origin.Incarnation, number);
        _engine.Reply(RaftFailure.Unknown(FailureReason.Forgotten).ToOutcome<int>(request));

        var outcome = (await append.WaitAsync(Guard)).Unknown();
        Assert.Equal(FailureReason.Forgotten, outcome.Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Silent_leader_is_noticed_although_each_call_ends_before_the_attempt_timeout_does(bool appends)
    {
        var timeout = TimeSpan.FromMilliseconds(150);

        // Four seconds. The default attempt timeout is one.
        for (var count = 0; count < 40 && !_follower.Waiting.Any(); count++)
        {
            _ = appends ? _client.AppendAsync("clicks", 1, timeout) : (Task)_client.TransferLeadershipAsync(timeout: timeout);
            ((VirtualScheduler)Sys.Scheduler).Advance(TimeSpan.FromMilliseconds(100));
        }

        // Only a client without a route to the leader asks all processes for it.
        _follower.Expect<ClientCall.Locate>();
    }

    [Fact]
    public async Task Query_with_an_endless_timeout_is_sent()
    {
        var query = _client.QueryAsync<int>("total", TimeSpan.MaxValue);

        var call = Expect<ClientCall.Query>();
        Assert.Equal(TimeSpan.FromMilliseconds(int.MaxValue), call.Timeout);
        _engine.Reply(new Outcome<object?> { Serial = default, Result = 7, Request = default });

        Assert.Equal(7, (await query.WaitAsync(Guard)).Result);
    }

    // A node closes a connection that sends a time below zero, and all other calls of the connection are lost with it.
    [Fact]
    public void Query_whose_time_is_over_is_sent_with_none_left()
    {
        _ = _client.ExplainAsync();
        Expect<ClientCall.Explain>();

        _ = _client.QueryAsync<int>("total", TimeSpan.FromSeconds(-1.5));

        Assert.Equal(TimeSpan.Zero, Expect<ClientCall.Query>().Timeout);
    }

    [Fact]
    public async Task Append_that_is_cancelled_before_the_call_is_not_sent()
    {
        var append = await _client.AppendAsync("clicks", 1, cancellationToken: new CancellationToken(canceled: true)).WaitAsync(Guard);

        Assert.Equal(FailureReason.Canceled, append.NotDone().Reason);
        Assert.Empty(_engine.Waiting);
    }

    [Fact]
    public async Task Change_that_each_process_declines_until_its_timeout_is_not_committed()
    {
        var transfer = _client.TransferLeadershipAsync(timeout: TimeSpan.FromSeconds(0.35));
        foreach (var process in (ScriptedProcess[])[_engine, _follower, _engine])
        {
            process.Expect<ClientCall.Change>();
            process.Reply(new ClientReply.Declined("No such process."));
            Advance(0.1);
        }

        Advance(0.2);

        var outcome = (await transfer.WaitAsync(Guard)).NotDone();
        Assert.Equal((FailureReason.NoLeader, "No such process."), (outcome.Reason, outcome.Detail));
    }

    [Fact]
    public async Task Subscription_ends_at_once_when_the_client_is_disposed_and_does_not_wait_for_its_appends()
    {
        var append = _client.AppendAsync("clicks", 1);
        var (call, sender) = (Expect<ClientCall.Append>(), _engine.LastCaller);
        var next = _client.SubscribeAsync(default).GetAsyncEnumerator().MoveNextAsync().AsTask();
        Expect<ClientCall.Read>();

        var disposal = _client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => next.WaitAsync(Guard));
        Complete(call, sender);
        Assert.Equal(new Serial(1), (await append.WaitAsync(Guard)).OrThrow().Serial);
        await disposal;
    }

    [Fact]
    public void Calls_with_the_infinite_timeout_are_sent_with_the_longest_one()
    {
        _ = _client.QueryAsync<int>("total", Timeout.InfiniteTimeSpan);
        _ = _client.AppendAsync("clicks", 1, Timeout.InfiniteTimeSpan);

        Assert.Equal(TimeSpan.FromMilliseconds(int.MaxValue), Expect<ClientCall.Query>().Timeout);
        Assert.Equal(TimeSpan.FromMilliseconds(int.MaxValue), Expect<ClientCall.Append>().Timeout);
    }

    [Fact]
    public async Task Change_that_is_cancelled_before_it_was_sent_is_not_committed()
    {
        var name = new ProcessName("late@node");

        var join = await _client.JoinAsync(name, cancellationToken: new CancellationToken(canceled: true));
        var leave = await _client.LeaveAsync(name, cancellationToken: new CancellationToken(canceled: true));

        Assert.Equal(FailureReason.Canceled, join.NotDone().Reason);
        Assert.Equal(FailureReason.Canceled, leave.NotDone().Reason);
        Assert.Empty(_engine.Waiting);
    }

    [Fact]
    public async Task Change_that_is_cancelled_after_it_was_sent_is_unknown()
    {
        using var cancellation = new CancellationTokenSource();
        var set = _client.SetMaxQuorumAsync(5, cancellationToken: cancellation.Token);
        Assert.Equal(new GroupChange.Members(new MemberChange.SetMaxQuorum(5)), Expect<ClientCall.Change>().What);

        await cancellation.CancelAsync();

        Assert.Equal(FailureReason.Canceled, (await set.WaitAsync(Guard)).Unknown().Reason);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _client.SetMaxQuorumAsync(4));
    }

    [Fact]
    public async Task Snapshot_of_a_process_is_returned_with_its_serial()
    {
        var name = new ProcessName("orders@node");
        var taken = _client.TakeSnapshotAsync(name, TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), Expect<ClientCall.TakeSnapshot>().Timeout);
        _engine.Reply(new ClientReply.SnapshotTaken(new LogPosition(new LogIndex(9), new Term(1), new Serial(8), 0), 700));

        Assert.Equal(new Serial(8), await taken.WaitAsync(Guard));
    }

    [Fact]
    public async Task Query_whose_answer_could_not_be_sent_fails_with_the_causes()
    {
        var query = _client.QueryAsync<int>("total");
        Expect<ClientCall.Query>();
        _engine.Reply(new Outcome<object?> { Serial = new Serial(7) });

        Assert.Contains("raft.transport-tcp.frame-size-max", (await query.WaitAsync(Guard)).NotDone().Detail);
    }

    [Fact]
    public async Task Reply_that_is_no_answer_to_the_call_fails_it_with_the_cause_and_the_remedy()
    {
        var query = _client.QueryAsync<int>("total");
        Expect<ClientCall.Query>();
        _engine.Reply(new ClientReply.Pairs([], Base: default));

        var failure = (await query.WaitAsync(Guard)).NotDone();

        Assert.Equal(FailureReason.Invalid, failure.Reason);
        Assert.Equal(
            "Group 'orders' answered with Pairs, which is no answer to this call. Use one version of RaftActors on both sides.",
            failure.Detail);
    }

    [Fact]
    public async Task Refused_snapshot_fails_at_once_with_the_reason()
    {
        var taken = _client.TakeSnapshotAsync(new ProcessName("orders@node"), Timeout.InfiniteTimeSpan);
        Expect<ClientCall.TakeSnapshot>();
        _engine.Reply(new ClientReply.Failed(RaftFailure.NotDone(FailureReason.Unavailable, "It takes none.")));

        var refused = await Assert.ThrowsAsync<RaftException>(() => taken.WaitAsync(Guard));
        Assert.Equal("Not done (Unavailable): It takes none.", refused.Message);
    }

    [Fact]
    public async Task Snapshot_that_is_not_durable_in_time_fails_with_the_progress_that_the_process_has_told()
    {
        var taken = _client.TakeSnapshotAsync(new ProcessName("orders@node"), TimeSpan.FromSeconds(3));
        Expect<ClientCall.TakeSnapshot>();
        Advance(1.1);
        Expect<ClientCall.TakeSnapshot>();
        _engine.Reply(new ClientReply.Declined("The state is being written."));

        Advance(2);

        var late = await Assert.ThrowsAsync<RaftException>(() => taken.WaitAsync(Guard));
        Assert.Equal("Group 'orders' did not answer. The state is being written.", late.Failure?.Detail);
    }

    [Fact]
    public async Task Result_of_another_type_fails_the_call_and_says_that_the_pair_is_committed()
    {
        var append = _client.AppendAsync("clicks", 1);
        var (origin, number) = Expect<ClientCall.Append>().Request;
        var request = new RequestRef(origin.Name, origin.Incarnation, number);
        _engine.Reply(new Outcome<string> { Serial = new Serial(7), Result = "seven", Request = request });

        var problem = await Assert.ThrowsAsync<InvalidOperationException>(() => append.WaitAsync(Guard));

        Assert.Contains("is done, with serial 7. Its result is System.String, and the caller expects System.Int32.", problem.Message);
    }

    [Fact]
    public async Task Calls_above_the_maximum_are_refused_at_once_and_one_that_ends_makes_room()
    {
        var first = _client.QueryAsync<int>("total");
        Expect<ClientCall.Query>();
        var relay = _engine.LastCaller;
        _ = _client.ExplainAsync();
        Expect<ClientCall.Explain>();

        var refused = (await _client.QueryAsync<int>("total")).NotDone();
        var change = (await _client.TransferLeadershipAsync()).NotDone();
        relay.Tell(new Outcome<object?> { Serial = default, Result = 7, Request = default }, ActorRefs.NoSender);
        Assert.Equal(7, (await first.WaitAsync(Guard)).Result);
        _ = _client.StatusAsync();

        Assert.Contains("raft.client.pending-max", refused.Detail);
        Assert.Equal((FailureReason.Busy, FailureReason.Busy), (refused.Reason, change.Reason));
        Expect<ClientCall.Locate>();
    }

    [Fact]
    public async Task Questions_about_the_group_end_after_their_timeout()
    {
        var timeout = TimeSpan.FromSeconds(2);
        var (status, text) = (_client.StatusAsync(timeout: timeout), _client.ExplainAsync(timeout: timeout));

        Advance(2.1);

        Assert.Equal(
            [FailureReason.Unavailable, FailureReason.Unavailable],
            [
                (await Assert.ThrowsAsync<RaftException>(() => status.WaitAsync(Guard))).Failure?.Reason,
                (await Assert.ThrowsAsync<RaftException>(() => text.WaitAsync(Guard))).Failure?.Reason,
            ]);
    }

    [Fact]
    public void Leader_that_was_idle_is_not_silent_when_an_append_begins()
    {
        Advance(10);
        _ = _client.AppendAsync("first", 1);
        Expect<ClientCall.Append>();
        Advance(0.2);

        _ = _client.AppendAsync("second", 1);

        Assert.Equal("second", Expect<ClientCall.Append>().Key);
    }

    [Fact]
    public async Task Leader_is_asked_whether_it_still_leads_while_a_call_is_open()
    {
        var append = _client.AppendAsync("clicks", 1, Timeout.InfiniteTimeSpan);
        var (call, sender) = (Expect<ClientCall.Append>(), _engine.LastCaller);
        Advance(0.2);
        Assert.Empty(_engine.Waiting);
        Advance(0.1);
        Assert.Equal(new ClientCall.Locate("orders"), _engine.Expect<ClientCall.Locate>());
        _engine.Reply(new ClientReply.Located("orders", Leader, Leader, new Term(1), []));
        Advance(0.2);
        Assert.Empty(_engine.Waiting);
        Advance(0.1);
        _engine.Expect<ClientCall.Ping>();
        _engine.Reply(new ClientReply.Leading(default, default));
        Advance(0.2);
        Assert.Empty(_engine.Waiting);

        // With the next tick it would be asked again.
        Complete(call, sender);
        await append.WaitAsync(Guard);
        Advance(1);

        Assert.Empty(_engine.Waiting);
    }

    [Fact]
    public async Task Get_of_a_compacted_pair_names_the_first_one_that_is_kept()
    {
        var compacted = _client.GetAsync(new Serial(3));
        Assert.Equal(new Serial(2), Expect<ClientCall.Read>().After);
        _engine.Reply(new ClientReply.Pairs([], Base: new Serial(5)));

        var failure = (await compacted.WaitAsync(Guard)).NotDone();

        Assert.Equal(FailureReason.Compacted, failure.Reason);
        Assert.StartsWith("Serial 3 was discarded, because a snapshot covers it. The first kept serial is 6.", failure.Detail);
    }

    [Fact]
    public void Get_has_one_timeout_for_all_its_questions()
    {
        _ = _client.GetAsync(new Serial(3), TimeSpan.FromSeconds(2));
        Expect<ClientCall.Read>();
        Advance(0.9);

        _engine.Reply(new ClientReply.Pairs([], Base: default));

        Assert.InRange(Expect<ClientCall.Query>().Timeout, TimeSpan.Zero, TimeSpan.FromSeconds(1.2));
    }

    [Fact]
    public async Task First_kept_pair_is_not_taken_for_a_compacted_one()
    {
        var kept = _client.GetAsync(new Serial(3));
        Expect<ClientCall.Read>();
        var value = new ValueCodec<int>(Sys, codecPlace: null).Encode(7);
        _engine.Reply(new ClientReply.Pairs([new StoredPair(new Serial(3), "clicks", value, new LogTime(5000))], Base: new Serial(2)));

        var pair = (await kept.WaitAsync(Guard)).Result;
        Assert.Equal((7, DateTimeOffset.UnixEpoch.AddSeconds(5)), (pair?.Value, pair?.Time));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Subscription_to_compacted_pairs_ends_with_the_first_one_that_is_kept(long discarded)
    {
        var next = _client.SubscribeAsync(new Serial(1)).GetAsyncEnumerator().MoveNextAsync().AsTask();
        Expect<ClientCall.Read>();
        _engine.Reply(new ClientReply.Pairs([], Base: new Serial(discarded)));

        var problem = await Assert.ThrowsAsync<RaftException>(() => next.WaitAsync(Guard));

        Assert.Equal((FailureReason.Compacted, new Serial(discarded).Next), (problem.Failure?.Reason, problem.FirstKept));
        Assert.StartsWith("Serial 2 was discarded", problem.Failure?.Detail);
    }

    [Fact]
    public async Task Pair_that_cannot_be_read_ends_a_subscription_with_its_serial_and_key()
    {
        var next = _client.SubscribeAsync(new Serial(1)).GetAsyncEnumerator().MoveNextAsync().AsTask();
        Expect<ClientCall.Read>();
        _engine.Reply(new ClientReply.Pairs([new StoredPair(new Serial(2), "clicks", ReadOnlyMemory<byte>.Empty, default)], Base: default));

        var problem = await Assert.ThrowsAsync<InvalidDataException>(() => next.WaitAsync(Guard));

        Assert.Equal(
            "The pair with serial 2 and key 'clicks' cannot be read here. A value has no bytes at all.", problem.Message);
    }

    // Otherwise the two programs would do nothing else.
    [Fact]
    public async Task Subscription_whose_call_fails_at_once_asks_again_after_a_pause()
    {
        FiredClock clock = new();
        Machine.Use(new ClockMachine(clock));
        await using var client = Make();
        Machine.Use(null);
        var next = client.SubscribeAsync(new Serial(2)).GetAsyncEnumerator().MoveNextAsync().AsTask();
        Expect<ClientCall.Read>();
        _engine.Reply(new ClientReply.Failed(RaftFailure.NotDone(FailureReason.Invalid, "no page")));
        Assert.True(await clock.BegunAsync(Guard));

        clock.Fire();

        AnswerWithSerial3(discarded: 0);
        Assert.True(await next.WaitAsync(Guard));
    }

    [Fact]
    public void Leader_that_answers_other_calls_is_not_silent()
    {
        _ = _client.AppendAsync("slow", 1, Timeout.InfiniteTimeSpan);
        Expect<ClientCall.Append>();
        for (var i = 0; i < 9; i++)
        {
            Advance(0.1);
        }

        _engine.Expect<ClientCall.Locate>();
        _engine.Reply(new ClientReply.Located("orders", Leader, Leader, new Term(1), []));
        Advance(0.1);
        Advance(0.1);
        _ = _client.AppendAsync("next", 1);

        _engine.Expect<ClientCall.Append>(call => call.Key == "next");
    }

    [Fact]
    public async Task Disposed_client_waits_for_its_sent_appends_until_the_close_timeout()
    {
        var append = _client.AppendAsync("clicks", 1);
        Expect<ClientCall.Append>();
        var disposal = _client.DisposeAsync().AsTask();

        Advance(0.5);
        Assert.False(disposal.IsCompleted);
        Advance(0.7);

        await disposal.WaitAsync(Guard);
        Assert.Equal(FailureReason.Closed, (await append.WaitAsync(Guard)).Unknown().Reason);
    }

    private LiveClient<int, int> Make()
    {
        var settings = ClientSettings.Read(Sys.Settings.Config, "orders");
        GroupCalls calls = new(settings, Sys, NodeNetwork.Of(Sys));
        return new LiveClient<int, int>(settings, new(Sys, codecPlace: null), new(Sys, codecPlace: null), calls);
    }

    // In ticks of the client.
    private void Advance(double seconds)
    {
        for (; seconds > 0; seconds -= 0.1)
        {
            ((VirtualScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(Math.Min(seconds, 0.1)));
        }
    }

    private void AnswerWithSerial3(long discarded)
    {
        Expect<ClientCall.Read>();
        StoredPair pair = new(new Serial(3), "key", new ValueCodec<int>(Sys, codecPlace: null).Encode(7), default, IsKeyed: false);
        _engine.Reply(new ClientReply.Pairs([pair], new Serial(discarded)));
    }

    private TCall Expect<TCall>()
        where TCall : ClientCall => _engine.Expect<TCall>();

    private static void Complete(ClientCall.Append call, ICanTell caller)
    {
        var (origin, number) = call.Request;
        caller.Tell(
            new Outcome<int> { Serial = new Serial(1), Result = 1, Request = new RequestRef(origin.Name, origin.Incarnation, number) },
            ActorRefs.NoSender);
    }
}
