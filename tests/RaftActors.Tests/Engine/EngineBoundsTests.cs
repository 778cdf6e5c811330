using RaftActors.Tests.Scenarios;

namespace RaftActors.Tests.Engine;

/// <summary>Bounds of memory and time that no scenario can show.</summary>
public sealed class EngineBoundsTests : TestKit
{
    private readonly Bench _bench;

    public EngineBoundsTests() => _bench = new Bench(this);

    [Fact]
    public void Twenty_thousand_appends_end_one_by_one_between_ticks()
    {
        var appends = _bench.MakeOwnAppends();
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        RequestId[] requests = [.. Enumerable.Range(0, 20_000).Select(_ => Append(appends))];
        for (var i = 0; i < requests.Length; i++)
        {
            appends.OnCommitted(Bench.Entry(i + 1, 1, requests[i]));
            appends.OnTick();
        }

        var sent = _bench["raft2"].ReceiveN(requests.Length).Cast<WireMessage.AppendRequest>();
        Assert.Equal(requests, sent.Select(append => append.Request));
        Assert.Equal(0, appends.Count);
    }

    [Theory]
    [InlineData(false, new long[] { 0, 1, 2 })] // The connection drops the second one, because its queue is full.
    [InlineData(true, new long[] { 0, 1, 0, 1, 2 })]
    public void Append_does_not_overtake_those_that_the_connection_to_the_leader_has_dropped_or_lost(bool isLost, long[] written)
    {
        Link link = new();
        var path = ActorPath.Parse("akka.tcp://demo@node2:2551/system/raft/default/raft2");
        _bench.Context.Peers.Learn(Bench.NameOf("raft2"), new ConnectionRef(path, link, null!), out _); // Justification: only for logs.
        _bench.Elect("raft2");
        var appends = _bench.MakeOwnAppends();

        var first = Append(appends).Number;
        link.TakesMessages = isLost;
        Append(appends);
        link.TakesMessages = true;
        link.Losses += isLost ? 1 : 0;
        Append(appends);
        appends.OnTick();

        Assert.Equal(written, link.Written.Select(number => number - first));
    }

    [Theory]
    [InlineData(16_384, 0, "done as 16385")] // No client was forgotten.
    [InlineData(16_390, 0, "unknown, Forgotten")]
    [InlineData(16_390, 5, "unknown, Forgotten")]
    [InlineData(16_390, 6, "done as 16391")]
    public void Retry_of_a_new_client_is_told_from_that_of_a_forgotten_one(int clients, int started, string expected)
    {
        using var scenario = LeadWith(clients);

        Assert.Contains($"committed {clients}", scenario.Run("client 50000: locate"));
        Assert.Contains(expected, scenario.Run($"client 50000: append 1 k new retry started={started}"));
    }

    [Fact]
    public void Clients_that_close_within_a_second_are_forgotten_however_many()
    {
        const int Clients = Payload.Close.Max + 1;
        using var scenario = LeadWith(Clients);
        for (var client = 1; client <= Clients; client++)
        {
            scenario.Run($"client {client}: close 1");
        }

        scenario.Run("tick 30");

        Assert.Contains("unknown, Forgotten", scenario.Run($"client {Clients}: append 1 k {Clients}"));
    }

    [Fact]
    public void Twenty_thousand_queries_are_asked_a_window_at_a_time_and_answered_in_order()
    {
        var queries = new PendingQueries(_bench.Context);
        _bench.Elect("raft2");
        RequestRef[] requests = [.. Enumerable.Range(0, 20_000).Select(_ => Query(queries))];
        queries.AskWaiting();
        Assert.Single(_bench.Steps);

        List<RequestRef> answered = [];
        for (var round = 0; round < _bench.Steps.Count; round++)
        {
            queries.OnReady(new Effect.ReadReady(((Input.Read)_bench.Steps[round]).Id, default));
            var readable = _bench.Actor.ExpectMsg<ToActor.Readable>().Queries;
            Assert.InRange(readable.Length, 1, PendingQueries.WindowReads);
            answered.AddRange(readable.Select(query => query.Request));
        }

        Assert.Equal(requests, answered);
    }

    [Fact]
    public void Reads_whose_queries_have_ended_are_forgotten_though_nothing_is_committed()
    {
        var queries = new PendingQueries(_bench.Context);
        _bench.Elect("raft2");
        for (var round = 0; round < 3; round++)
        {
            Query(queries);
            queries.AskWaiting();
            queries.OnReady(new Effect.ReadReady(((Input.Read)_bench.Steps[^1]).Id, new LogIndex(1000)));
            Assert.Equal(1, queries.Confirmed);

            _bench.Context.Now += 20;
            queries.OnTick();

            Assert.Equal(0, queries.Confirmed);
        }
    }

    [Fact]
    public void Pairs_that_wait_for_a_transfer_are_proposed_once_a_tick_however_many_come()
    {
        var proposals = new LeaderProposals(_bench.Context, _bench.Traces);
        _bench.Context.Attach(_bench.Actor, 2, validatesProposals: false);
        _bench.Elect("raft1");
        for (var number = 1L; number <= 100; number++)
        {
            var request = new RequestId(Bench.MemberOf("raft4"), number);
            proposals.Submit(new WireMessage.AppendRequest(request, "key", new byte[] { 0 }), OriginOf("raft4"));
            proposals.OnTurn();
            if (number == 1)
            {
                proposals.OnRejected(new Effect.Rejected(Proposed(), Reason: null));
            }
        }

        Assert.Single(_bench.Steps);
        proposals.OnTick();

        Assert.Equal(2, _bench.Steps.Count);
        Assert.Equal(100, Proposed().Length);
    }

    // The origin sends many before it hears of the first refusal.
    [Fact]
    public void Append_behind_one_that_the_leader_refused_without_an_actor_is_refused_until_that_one_came_again()
    {
        var proposals = new LeaderProposals(_bench.Context, _bench.Traces);
        _bench.Elect("raft1");
        _bench.Context.Detach();
        Submit("raft4", 1, 2);
        _bench.Context.Attach(_bench.Actor, 2, validatesProposals: false);

        Submit("raft4", 3);
        Submit("raft3", 4);
        Submit("raft4", 1, 2, 3);
        proposals.OnTurn();

        Assert.Equal([1L, 2, 3], Enumerable.Range(0, 3).Select(_ => _bench["raft4"].ExpectMsg<AppendReply>().Request.Number));
        Assert.Equal([4L, 1, 2, 3], Proposed().Select(pair => pair.Request?.Number ?? 0));

        void Submit(string origin, params long[] numbers)
        {
            foreach (var number in numbers)
            {
                RequestId request = new(Bench.MemberOf(origin), number);
                proposals.Submit(new WireMessage.AppendRequest(request, "key", new byte[] { 0 }), OriginOf(origin));
            }
        }
    }

    [Fact]
    public void Refused_append_that_does_not_come_again_holds_back_the_later_ones_for_a_moment()
    {
        ManualClock clock = new();
        RefusedAppends refused = new(clock, TimeSpan.FromSeconds(1));
        RequestId Request(long number) => new(Bench.MemberOf("raft4"), number);
        refused.Add(Request(1));

        clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(refused.TryPass(Request(2)));
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(refused.TryPass(Request(2)));

        Assert.All(Enumerable.Range(1, RefusedAppends.Max + 1), number => refused.Add(Request(number)));
        Assert.True(refused.TryPass(Request(RefusedAppends.Max + 1)));
    }

    /// <summary>A leader that has a pair of each of these clients.</summary>
    private static ScenarioRunner LeadWith(int clients)
    {
        ScenarioRunner scenario = new();
        scenario.Run("start");
        scenario.Run("lead");
        for (var client = 1; client <= clients; client++)
        {
            scenario.Run($"client {client}: append 1 k {client}");
        }

        return scenario;
    }

    private RemoteOrigin OriginOf(string peer) => new(_bench.Context, _bench[peer]);

    private ImmutableArray<Payload.Pair> Proposed() => ((Input.Propose)_bench.Steps[^1]).Pairs;

    private RequestId Append(OwnAppends appends)
    {
        var request = _bench.Process.NewAppend();
        appends.Submit(new ToEngine.Append(request, new("key", new byte[] { 0 }), TimeSpan.FromHours(2)));
        return request.Id;
    }

    private RequestRef Query(PendingQueries queries)
    {
        var request = _bench.Process.NewRequest();
        queries.Submit(new ReadableQuery(request, null), TimeSpan.FromSeconds(1), default);
        return request;
    }

    private sealed class Link : IConnection
    {
        public List<long> Written { get; } = [];

        public bool TakesMessages { get; set; } = true;

        public long Losses { get; set; }

        public byte Level => FormatRange.Own.Lowest;

        public void Write(IActorRef to, WireMessage message, IActorRef from)
        {
            if (TakesMessages)
            {
                Written.Add(((WireMessage.AppendRequest)message).Request.Number);
            }
        }

        public void Flush()
        {
        }
    }
}
