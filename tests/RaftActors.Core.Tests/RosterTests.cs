namespace RaftActors.Core.Tests;

/// <summary>The founding roster is durable before any vote, and it must not change before the founding.</summary>
public sealed class RosterTests
{
    private static readonly ImmutableArray<ProcessName> Three = [new("raft1@x"), new("raft2@x"), new("raft3@x")];
    private static readonly GroupUid Group = new(new Guid(1, 0, 0, new byte[8]));

    // The starts of other processes in the latest write.
    private int _recorded;

    [Fact]
    public void The_roster_is_durable_before_any_message_is_sent()
    {
        var first = Assert.Single(NewCore([Three[2], Three[0], Three[1]], Empty()).Step(new Input.PeerReachable(Three[1])));

        Assert.Equal(Three.AsEnumerable(), Assert.IsType<Effect.Persist>(first).HardState!.Roster);
    }

    [Fact]
    public void Another_roster_before_the_founding_is_refused_with_both_rosters()
    {
        var error = Assert.Throws<RosterMismatchException>(() => NewCore(Three[..2], Empty(Three)));

        Assert.Equal(
            "The store holds the founding roster (raft1@x raft2@x raft3@x), and the process is started with (raft1@x raft2@x). Until the "
            + "group is founded the roster must not change, since two rosters could found two groups. Start the process with the roster "
            + "of its store, or stop all processes of the group, run 'raft log forget' for each, and start them with the new roster.",
            error.Message);
    }

    [Fact]
    public void Another_roster_is_refused_while_the_founding_is_not_known_to_be_committed()
    {
        var founded = FoundedGroup.State(Three, 11, Group, [1]);
        var state = founded with { HardState = founded.HardState with { Group = GroupUid.None, Roster = Three } };

        Assert.Throws<RosterMismatchException>(() => NewCore(Three[..2], state));
    }

    [Fact]
    public void The_same_roster_in_another_order_is_the_same()
    {
        Assert.False(NewCore([Three[1], Three[2], Three[0]], Empty(Three)).IsAdmitted);
    }

    [Fact]
    public void Another_roster_after_the_founding_changes_nothing()
    {
        var founded = FoundedGroup.State(Three, 11, Group, [1]);
        var core = NewCore(Three[..1], founded with { HardState = founded.HardState with { Roster = Three } });

        Assert.Equal(Three.AsEnumerable(), core.Configuration.Names());
        Assert.Equal(Three.AsEnumerable(), FirstWrite(core).Roster);
    }

    [Fact]
    public void A_store_without_a_roster_takes_the_one_given()
    {
        Assert.Equal(Three.AsEnumerable(), FirstWrite(NewCore(Three, Empty())).Roster);
    }

    [Fact]
    public void A_joining_process_records_no_roster_and_may_found_later()
    {
        var options = Options(Three[..1]) with { IsJoining = true };
        var joining = FirstWrite(new RaftCore(options, Empty()));

        Assert.Empty(joining.Roster);
        Assert.Equal(Three.AsEnumerable(), FirstWrite(NewCore(Three, new InitialState(joining, []))).Roster);
    }

    [Fact]
    public void Senders_that_a_joining_process_hears_are_bounded_and_one_that_is_lost_makes_room()
    {
        var core = new RaftCore(Options(Three[..1]) with { IsJoining = true }, Empty());
        var met = Enumerable.Range(0, 10 * Roster.UnknownMax).Count(number => IsMet(core, number));

        Assert.Equal((Roster.UnknownMax, Roster.UnknownMax), (met, _recorded));

        core.Step(new Input.PeerUnreachable(Unnamed(3).Name));
        Assert.True(IsMet(core, 10_000));
        Assert.False(IsMet(core, 10_001));
        Assert.Equal(Roster.UnknownMax, _recorded);
    }

    [Fact]
    public void Senders_that_claim_a_longer_log_are_bounded_and_members_are_heard()
    {
        var core = NewCore(Three, FoundedGroup.State(Three, 11, Group, [1]));
        var met = Enumerable.Range(0, 10 * Roster.UnknownMax).Count(number => IsMet(core, number));

        Assert.Equal(Roster.UnknownMax, met);
        var member = new Member(Three[1], SimulatedProcess.IncarnationOf(2));
        Assert.Contains(core.Step(new Input.Receive(EnvelopeFrom(member, Longest))), effect => effect is Effect.PeerMet);
    }

    [Fact]
    public void Refusals_of_one_process_are_shown_up_to_a_bound()
    {
        var core = NewCore(Three, FoundedGroup.State(Three, 11, Group, [1]));
        var from = new Member(Three[1], SimulatedProcess.IncarnationOf(2));
        var shown = Enumerable.Range(1, 10 * Peer.ShownMax).Sum(serial => core.Step(new Input.Receive(EnvelopeFrom(
            from, new Message.Refusal(RefusalReason.Diverged, new Serial(serial), default, "they differ"))))
            .OfType<Effect.Refused>().Count());

        Assert.Equal(Peer.ShownMax, shown);
    }

    [Fact]
    public void Leader_that_no_configuration_names_stays_among_ten_times_as_many_unnamed_ones_though_all_are_lost()
    {
        var roster = new Roster();
        foreach (var number in Enumerable.Range(0, 10 * Roster.UnknownMax))
        {
            Assert.NotNull(roster.Add(Unnamed(number).Name, leader: Unnamed(0)));
        }

        Assert.Equal(Roster.UnknownMax, roster.Peers.Length);
        Assert.NotNull(roster.Of(Unnamed(0).Name));
        Assert.Null(roster.Of(Unnamed(1).Name));
    }

    private static Member Unnamed(int number) => new(new ProcessName($"unnamed{number}@x"), SimulatedProcess.IncarnationOf(number));

    private static Message.Greeting Longest { get; } =
        new(new LogPosition(new LogIndex(1_000_000), new Term(1000), new Serial(1_000_000), 7), Incarnation.None, IsReply: false);

    private bool IsMet(RaftCore core, int number)
    {
        var effects = core.Step(new Input.Receive(EnvelopeFrom(Unnamed(number), Longest)));
        _recorded = effects.OfType<Effect.Persist>().LastOrDefault()?.HardState?.Recorded.Length ?? _recorded;
        return effects.OfType<Effect.PeerMet>().Any();
    }

    private static RaftActors.Core.Envelope EnvelopeFrom(Member from, Message body) =>
        new(from, new Member(Three[0], Incarnation.None), Group, Term.Zero, new Boot(1, 1), body);

    private static InitialState Empty(params ImmutableArray<ProcessName> roster) =>
        InitialState.Empty with { HardState = InitialState.Empty.HardState with { Roster = roster } };

    private static HardState FirstWrite(RaftCore core) => core.Step(Input.Tick.Instance).OfType<Effect.Persist>().First().HardState!;

    private static RaftCore NewCore(ImmutableArray<ProcessName> roster, InitialState state) => new(Options(roster), state);

    private static CoreOptions Options(ImmutableArray<ProcessName> roster) =>
        new() { Self = new Member(Three[0], SimulatedProcess.IncarnationOf(1)), Roster = roster, FoundingUid = Group, Seed = 1 };
}
