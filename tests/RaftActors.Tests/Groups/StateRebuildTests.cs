using RaftActors.Tests.Clients;

namespace RaftActors.Tests.Groups;

/// <summary>An actor with another state than a majority begins anew from a snapshot of it, where the settings say so.</summary>
public sealed class StateRebuildTests : VirtualGroupTest
{
    private static readonly string[] Names = ["raft1", "raft2", "raft3"];

    private readonly Dictionary<string, Drifter.Rules> _rules = Names.ToDictionary(name => name, _ => new Drifter.Rules());

    public StateRebuildTests()
        : base("raft.snapshot.rebuild-diverged = on")
    {
        Array.ForEach(Names, name => Group.StartDrifting(name, _rules[name]));
        Group.AdvanceEnginesUntil(() => Names.All(name => StatusOf(name).Leader is not null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Wrong_state_is_replaced_by_that_of_the_majority_also_at_the_leader(bool isLeader)
    {
        var wrong = Names.First(name => StatusOf(name).Role == RaftRole.Leader == isLeader);
        Append(2);
        Drift(wrong);

        Group.AwaitRestart(wrong);

        Assert.Equal([3, 3, 3], Sums());
        AppendUntil(4096);
        Group.AdvanceEnginesUntil(() => Names.All(name => StatusOf(name).DivergedAt is null));
        Append(1);
        Assert.Single(Sums().Distinct());
    }

    [Fact]
    public void Wrong_state_of_which_the_process_has_a_snapshot_up_to_the_last_pair_is_replaced_without_another_pair()
    {
        Append(2);
        _rules["raft2"].Drift = 1;
        Append(1);
        _rules["raft2"].Drift = 0;
        foreach (var name in Names)
        {
            Snapshot(Group.InboxOf(name));
        }

        Group.AdvanceEnginesUntil(() => StatusOf("raft2").DivergedAt is not null);
        Assert.Contains("takes the state of the majority", $"{StatusOf("raft2")}");
        Group.AdvanceUntil("raft2", "started");

        Assert.Equal([3, 3, 3], Sums());
    }

    [Fact]
    public void Program_that_goes_on_to_differ_is_rebuilt_once_and_reported()
    {
        _rules["raft2"].Drift = 1;
        Append(1);
        Group.AdvanceEnginesUntil(() => StatusOf("raft2").DivergedAt is not null);
        Group.AwaitRestart("raft2");

        AppendUntil(4096);
        AppendUntil(8192);
        AdvanceSeconds(30);

        Array.ForEach(Names, name => Assert.NotNull(StatusOf(name).DivergedAt));
        Group.Watchers["raft2"].ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Without_a_majority_no_state_is_replaced()
    {
        (_rules["raft2"].Drift, _rules["raft3"].Drift) = (1, 2);
        Append(1);

        AdvanceSeconds(30);

        Assert.NotNull(StatusOf("raft3").DivergedAt);
        Assert.Equal([1, 2, 3], Sums());
    }

    // The process of the majority takes another snapshot before it gives the one that it has named.
    [Fact]
    public void State_of_a_snapshot_that_another_one_has_replaced_is_not_taken()
    {
        Append(2);
        var (name, raft1) = (new ProcessName("raft1@node1"), Group.InboxOf("raft1"));
        var asked = ScriptedProcess.Add(Sys, "default", name);
        Drift("raft2");
        Pass(asked.Expect<ClientCall.TakeSnapshot>(), asked.LastCaller, raft1);
        var (call, caller) = (asked.Expect<ClientCall.Backup>(), asked.LastCaller);

        Append(1);
        Snapshot(raft1);
        Pass(call, caller, raft1);
        Group.AdvanceEnginesUntil(() => asked.Waiting.Any());
        Assert.IsType<ClientCall.TakeSnapshot>(Assert.Single(asked.Waiting));
        NodeNetwork.Of(Sys).Calls.Add(new CallTarget("default", name), raft1);
        Pass(asked.Expect<ClientCall.TakeSnapshot>(), asked.LastCaller, raft1);
        Group.AwaitRestart("raft2");

        Assert.Equal([4, 4, 4], Sums());
    }

    private void Drift(string wrong)
    {
        _rules[wrong].Drift = 1;
        Append(1);
        _rules[wrong].Drift = 0;
        Group.AdvanceEnginesUntil(() => StatusOf(wrong).DivergedAt is not null);
    }

    private void Snapshot(ICallInbox process)
    {
        var caller = CreateTestProbe();
        Pass(new ClientCall.TakeSnapshot(Guard), caller, process);
        Group.Advance(5);
        caller.ExpectMsg<ClientReply.SnapshotTaken>(Guard);
    }

    private static void Pass(ClientCall call, ICanTell caller, ICallInbox to)
    {
        to.Add(call, caller);
        to.Announce();
    }

    private int[] Sums() => [.. Names.Select(name =>
    {
        Group.Actors[name].Tell("sum", TestActor);
        return ExpectMsg<int>();
    })];

    private void Append(int count)
    {
        Group.Actors["raft1"].Tell(count, TestActor);
        Group.Advance(3);
    }

    private void AppendUntil(int serial)
    {
        while (StatusOf("raft3").Delivered.Value < serial)
        {
            Append(500);
        }
    }

    private void AdvanceSeconds(int seconds) => Group.Advance(seconds * 20);

    private RaftStatus StatusOf(string name) => Raft.Get(Sys).Processes.Single(process => process.Name.Process == name);
}
