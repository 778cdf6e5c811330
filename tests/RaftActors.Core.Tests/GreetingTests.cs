namespace RaftActors.Core.Tests;

/// <summary>How often a process of three greets another one while the group is not founded, and how long it rests in between.</summary>
public sealed class GreetingTests
{
    private static readonly ImmutableArray<ProcessName> Three = [new("raft1@x"), new("raft2@x"), new("raft3@x")];
    private static readonly Member Peer = new(Three[1], SimulatedProcess.IncarnationOf(2));

    private readonly RaftCore _core;

    public GreetingTests()
        : this(new RaftCore(
            new()
            {
                Self = new Member(Three[0], SimulatedProcess.IncarnationOf(1)),
                Roster = Three,
                FoundingUid = new GroupUid(new Guid(1, 0, 0, new byte[8])),
                FoundingTimeoutTicks = 1000,
                Seed = 1,
            },
            InitialState.Empty))
    {
    }

    private GreetingTests(RaftCore core) => _core = core;

    /// <summary>It is greeted in time, twice before its greeting is too old: each answer counts for 40 ticks.</summary>
    [Fact]
    public void Peer_that_replies_is_greeted_every_twenty_ticks() => Assert.Equal([5, 25, 45, 65, 85], Greeted(100, replies: _ => true));

    [Fact]
    public void Silent_peer_is_greeted_with_doubling_pauses_of_at_most_thirty_two_heartbeats() =>
        Assert.Equal([5, 10, 20, 40, 80, 160, 320, 480], Greeted(500, replies: _ => false));

    /// <summary>A leader may become quiescent before it greets a process that joins again, so the pauses stay short.</summary>
    [Fact]
    public void Joining_process_pauses_for_at_most_eight_heartbeats()
    {
        var joining = new GreetingTests(new RaftCore(
            _core.Options with { Roster = [Three[0]], IsJoining = true }, InitialState.Empty));
        joining.Step(new Input.PeerReachable(Peer.Name));

        Assert.Equal([5, 15, 35, 75, 115, 155], joining.Greeted(160, replies: _ => false));
    }

    [Fact]
    public void Peer_whose_reply_was_lost_is_greeted_again_at_the_next_heartbeat() =>
        Assert.Equal([5, 25, 30, 50], Greeted(60, replies: tick => tick != 25));

    [Fact]
    public void Peer_that_greets_after_a_long_silence_is_greeted_at_once()
    {
        Greeted(100, replies: _ => false);

        Receive(isReply: false);

        Assert.Equal(1, _core.TicksUntilDue);
        Assert.Contains(Step(Input.Tick.Instance), IsGreeting);
    }

    [Fact]
    public void Peer_that_is_reachable_again_is_greeted_at_once_and_without_the_long_pause()
    {
        Greeted(100, replies: _ => false);

        Assert.Contains(Step(new Input.PeerReachable(Peer.Name)), IsGreeting);

        Assert.Equal([5, 15, 35], Greeted(40, replies: _ => false));
    }

    /// <summary>The ticks in between have no effect, so the shell need not wake for them, however long it rests.</summary>
    [Fact]
    public void Process_that_waits_for_its_peers_rests_until_the_next_greeting()
    {
        var wakes = 0;
        for (var tick = 1; tick <= 1000; tick++)
        {
            wakes += _core.TicksUntilDue == 1 ? 1 : 0;
            Step(Input.Tick.Instance);
        }

        Assert.InRange(wakes, 8, 16);
    }

    /// <summary>Otherwise all founders that waited would ask for votes together, as soon as they hear each other.</summary>
    [Fact]
    public void Founder_that_hears_a_majority_late_campaigns_only_after_a_new_timeout()
    {
        var self = new Member(Three[2], SimulatedProcess.IncarnationOf(3));
        var last = new GreetingTests(new RaftCore(_core.Options with { Self = self, FoundingTimeoutTicks = 100 }, InitialState.Empty));
        last.Greeted(500, replies: _ => false);
        last.Receive(isReply: false, new Member(Three[0], SimulatedProcess.IncarnationOf(1)));
        last.Receive(isReply: false);

        var ticks = 1;
        while (!last.Step(Input.Tick.Instance).Any(effect => effect is Effect.Send { Envelope.Body: Message.RequestVote }))
        {
            ticks++;
        }

        Assert.InRange(ticks, last._core.Options.ElectionTimeoutMinTicks, last._core.Options.ElectionTimeoutMaxTicks);
    }

    private static bool IsGreeting(Effect effect) =>
        effect is Effect.Send { Envelope: { Body: Message.Greeting { IsReply: false }, To: var to } } && to.Name == Peer.Name;

    /// <summary>The ticks, counted from now, in which raft2 is greeted.</summary>
    /// <param name="replies">Whether raft2 replies at once to a greeting of that tick.</param>
    private List<int> Greeted(int ticks, Predicate<int> replies)
    {
        List<int> greeted = [];
        for (var tick = 1; tick <= ticks; tick++)
        {
            if (Step(Input.Tick.Instance).Any(IsGreeting))
            {
                greeted.Add(tick);
                if (replies(tick))
                {
                    Receive(isReply: true);
                }
            }
        }

        return greeted;
    }

    private void Receive(bool isReply, Member? from = null) => Step(new Input.Receive(new Envelope(
        from ?? Peer,
        _core.Options.Self,
        GroupUid.None,
        Term.Zero,
        new Boot(1, 1),
        new Message.Greeting(default, _core.Options.Self.Incarnation, isReply))));

    // Each write is durable at once.
    private List<Effect> Step(Input input)
    {
        List<Effect> all = [.. _core.Step(input)];
        for (var i = 0; i < all.Count; i++)
        {
            if (all[i] is Effect.Persist persist)
            {
                all.AddRange(_core.Step(new Input.Persisted(persist.Ticket)));
            }
        }

        return all;
    }
}
