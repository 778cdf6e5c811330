namespace RaftActors.Core.Tests;

public sealed class CoreOptionsTests
{
    private static readonly ProcessName Raft1 = new("raft1@x");

    private static CoreOptions Good => new()
    {
        Self = new Member(Raft1, SimulatedProcess.IncarnationOf(1)),
        Roster = [Raft1, new("raft2@x")],
        FoundingUid = new GroupUid(new Guid(1, 0, 0, new byte[8])),
        Seed = 1,
    };

    public static TheoryData<object, string> Bad => new()
    {
        { Good with { Self = new Member(Raft1, Incarnation.None) }, "Self needs an incarnation" },
        { Good with { Roster = [new("raft2@x")] }, "the roster does not contain raft1@x" },
        { Good with { Roster = [Raft1, Raft1] }, "the roster contains a name twice" },
        { Good with { MaxQuorum = 4 }, "MaxQuorum must be odd" },
        { Good with { FoundingUid = GroupUid.None }, "FoundingUid must be an identity" },
        { Good with { HintStaggerTicks = -1 }, "HintStaggerTicks must not be negative" },
        { Good with { HeartbeatTicks = 0 }, "HeartbeatTicks must be positive" },
        { Good with { ElectionTimeoutMinTicks = 5 }, "ElectionTimeoutMinTicks must be above HeartbeatTicks" },
        { Good with { ElectionTimeoutMaxTicks = 19 }, "ElectionTimeoutMaxTicks must not be below" },
        { Good with { MaxEntriesPerMessage = 0 }, "MaxEntriesPerMessage must be positive" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Options_that_contradict_themselves_are_refused_with_the_reason(object options, string reason)
    {
        var error = Assert.Throws<ArgumentException>(() => new RaftCore((CoreOptions)options, InitialState.Empty));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_with_a_hole_in_its_log_is_refused()
    {
        var log = FoundedGroup.State(Good.Roster, 3, Good.FoundingUid, [1, 1, 1]).Log;

        Assert.Throws<ArgumentException>(() => new RaftCore(Good, InitialState.Empty with { Log = [log[0], log[2]] }));
    }

    [Fact]
    public void A_store_whose_log_is_ahead_of_its_term_is_refused()
    {
        var log = FoundedGroup.State(Good.Roster, 3, Good.FoundingUid, [1, 2]).Log;

        Assert.Throws<ArgumentException>(() => new RaftCore(Good, InitialState.Empty with { Log = log }));
    }
}
