namespace RaftActors.Tests.Model;

/// <summary>The rules of <see cref="GroupHealth"/>, each by a change of a group that has no problem.</summary>
public sealed class GroupHealthTests
{
    private const string FullDisk =
        "Risk: c@3 of group g takes no pairs as a leader, because fewer bytes than raft.store.free-space-floor are free on its disk.";

    private static readonly ImmutableArray<ProcessName> Names = [new("a@1"), new("b@2"), new("c@3")];
    private static readonly ProcessName Fourth = new("d@4");
    private static readonly RaftStatus[] Good = [.. Names.Select(Of)];
    private static readonly (RaftStatus A, RaftStatus B, RaftStatus C) All = (Good[0], Good[1], Good[2]);
    private static readonly HeldActor Held = new("HandleAppend", new Serial(5), "JsonException: no.", DateTimeOffset.UnixEpoch);

    private const string Downing = "and without a majority the nodes of the Akka.Cluster down themselves";

    private static readonly StateDivergence Differs = new(
        new SerialRange(new Serial(3), new Serial(6)), [[Names[0], Names[1]], [Names[2]]], hasMajority: true);

    private static readonly RaftStatus Founder = Good[0] with
    {
        Identity = Guid.Empty,
        Leader = null,
        Reachable = [],
        MembersAt = default,
    };

    private static readonly RaftStatus Joining = Of(Fourth) with
    {
        Identity = Guid.Empty,
        Leader = null,
        Members = [new GroupMember(Fourth, isVoter: false)],
        MembersAt = default,
    };

    private static readonly Dictionary<string, (RaftStatus[] Answers, string[] Problems)> Groups = new()
    {
        ["good"] = (Good, []),
        ["stopped"] = (With(All.C with { Failure = "I/O error." }),
            ["Stopped: c@3 of group g has stopped: I/O error.", "Risk: Group g can lose no voter: 2 of 3 take part."]),
        ["no actor"] = (With(All.C with { Actor = null }), ["Stopped: c@3 of group g has no actor, so it answers no query."]),
        ["held actor that restarts"] = (With(All.C with { Actor = null, HeldAt = Held }),
            ["NotReady: c@3 of group g has a held actor, whose HandleAppend fails at serial 5: JsonException: no."]),
        ["actor held at a notice"] = (With(All.C with { HeldAt = new HeldActor("HandleLeader", Serial.Zero, Held.Error, default) }),
            ["NotReady: c@3 of group g has a held actor, whose HandleLeader fails: JsonException: no."]),
        ["opening"] = (With(All.C with { Actor = null, IsOpen = false }),
            ["NotReady by itself: c@3 of group g is still opening its store.", "Risk: Group g can lose no voter: 2 of 3 take part."]),
        ["fenced"] = (With(All.C with { Fence = "old copy" }),
            ["NotReady: c@3 of group g is fenced: old copy.", "Risk: Group g can lose no voter: 2 of 3 take part."]),
        ["founding"] = ([Founder],
            [
                "NotReady: Group g has no majority: 1 of 3 voters take part.",
                "NotReady: a@1 of group g waits to found its group with b@2, c@3.",
                "NotReady: b@2 of group g does not answer.",
                "NotReady: c@3 of group g does not answer.",
            ]),
        ["joining"] = ([.. Good, Joining], ["NotReady: d@4 of group g waits to be added to its group."]),
        ["waiting for a shard that it is not to have any more"] = ([.. Good, Joining with { Placement = [.. Names] }], []),
        ["restarted after its shard has moved"] = ([.. Good, Of(Fourth) with { Members = All.A.Members, Placement = [.. Names] }], []),
        ["waiting for a shard that it is to have"] = ([.. Good, Joining with { Placement = [Fourth] }],
            ["NotReady: d@4 of group g waits to be added to its group."]),
        ["removed, as a member told it"] = ([.. Good, Of(Fourth) with { IsRemoved = true }],
            ["NotReady: d@4 of group g was removed from its group."]),
        ["removed from a shard that has moved"] = ([.. Good, Of(Fourth) with { IsRemoved = true, Placement = [.. Names] }], []),
        ["removed from a shard that it is to have"] = ([.. Good, Of(Fourth) with { IsRemoved = true, Placement = [Fourth] }],
            ["NotReady: d@4 of group g was removed from its group."]),
        ["removed, as its log has it"] = ([.. Good, Of(Fourth) with { MembersAt = default }],
            ["NotReady: d@4 of group g was removed from its group."]),
        ["two with one name"] = (With(All.C with { NameConflict = "A second process runs. Stop one." }),
            ["Risk: c@3 of group g sees two processes with one name: A second process runs."]),
        ["two contracts"] = (With(All.C with { ContractConflict = "b@2 and c@3 differ. Run one program." }),
            ["Risk: c@3 of group g sees values of different JSON in one logic version: b@2 and c@3 differ."]),
        ["full disk"] = (With(All.C with { IsDiskNearlyFull = true }),
            [FullDisk]),
        ["two states"] = ([All.A with { DivergedAt = Differs }, All.B, All.C with { DivergedAt = Differs }],
            ["Risk: c@3 of group g has another state than others since serials 3 to 6: a@1, b@2 and c@3."]),
        ["silent"] = ([All.A, All.B],
            ["NotReady: c@3 of group g does not answer.", "Risk: Group g can lose no voter: 2 of 3 take part."]),
        ["silent, in the group that downs members"] = ([All.A, All.B with { DownsMembers = true }],
            [
                "NotReady: c@3 of group g does not answer.",
                $"Risk: Group g can lose no voter: 2 of 3 take part, {Downing}.",
            ]),
        ["lost majority"] = ([All.A],
            [
                "NotReady: Group g has no majority: 1 of 3 voters take part.",
                "NotReady: b@2 of group g does not answer.",
                "NotReady: c@3 of group g does not answer.",
            ]),
        ["one voter"] = ([All.A with { Members = [new GroupMember(Names[0], isVoter: true)], Reachable = [] }],
            ["Risk: Group g can lose no voter: 1 of 1 take part."]),
        ["no leader"] = ([.. Good.Select(status => status with { Leader = null })],
            ["NotReady: Group g has no leader that is known."]),
        ["cut between two"] = (With(All.C with { Reachable = [Names[0]] }), ["Risk: c@3 of group g does not reach b@2, which answers."]),
        ["earlier leader"] = (With(All.C with { Leader = Names[1], Term = 2 }),
            ["Risk by itself: c@3 of group g does not know the latest members or leader yet."]),
        ["earlier members"] = (
            [All.A with { MembersAt = new LogIndex(9) }, All.B with { MembersAt = new LogIndex(9) }, All.C],
            ["Risk by itself: c@3 of group g does not know the latest members or leader yet."]),
        ["two groups"] = (With(All.C with { Identity = new Guid(9, 2, 3, new byte[8]) }),
            [
                "Stopped: Group g shares its name with another group: a@1, b@2 in 00000001000200030000000000000000; "
                    + "c@3 in 00000009000200030000000000000000.",
            ]),
        ["two leaders"] = (With(All.C with { Leader = Names[2] }),
            [
                "Stopped: Group g has two leaders in one term: a@1, c@3.",
                "Risk by itself: c@3 of group g does not know the latest members or leader yet.",
            ]),
        ["two configurations"] = (With(All.C with { Members = [.. All.C.Members.Skip(1)] }),
            ["Stopped: Group g has different members at one index: a@1, b@2, c@3."]),
    };

    // Seen by a process of its group, besides the above.
    private static readonly Dictionary<string, (RaftStatus Status, string[] Problems)> Processes = new()
    {
        ["good"] = (All.A, []),
        ["fenced and behind"] = (All.A with { Fence = "old copy", Delivered = default }, ["NotReady: a@1 of group g is fenced: old copy."]),
        ["old program"] = (All.A with { Refusal = "it has version 1" },
            ["NotReady: a@1 of group g has too old a program: it has version 1."]),
        ["no leader"] = (All.A with { Leader = null }, ["NotReady by itself: a@1 of group g knows no leader."]),
        ["behind"] = (All.A with { Delivered = new Serial(6) },
            ["NotReady by itself: a@1 of group g has received the pairs up to serial 6 of 7."]),
        ["few in reach"] = (All.A with { Reachable = [Names[1]] },
            ["Risk: a@1 of group g reaches no more voters than a majority: 2 of 3."]),
        ["few in reach, in the group that downs members"] = (All.A with { Reachable = [Names[1]], DownsMembers = true },
            [$"Risk: a@1 of group g reaches no more voters than a majority: 2 of 3, {Downing}."]),
        ["founding"] = (Founder,
            [
                "NotReady: a@1 of group g waits to found its group with b@2, c@3.",
                "Risk: a@1 of group g reaches no more voters than a majority: 1 of 3.",
            ]),
        ["joining"] = (Joining, ["NotReady: d@4 of group g waits to be added to its group."]),
    };

    public static TheoryData<string, bool> Cases
    {
        get
        {
            TheoryData<string, bool> cases = [];
            Array.ForEach([.. Groups.Keys], name => cases.Add(name, true));
            Array.ForEach([.. Processes.Keys], name => cases.Add(name, false));
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Problems_of_a_status_are_told_with_the_worst_first(string name, bool isGroup) => Assert.Equal(
        isGroup ? Groups[name].Problems : Processes[name].Problems,
        Told(isGroup ? OfGroup(Groups[name].Answers) : GroupHealth.Of(Processes[name].Status)));

    [Fact]
    public void Half_of_the_voters_is_no_majority()
    {
        var members = Good[0].Members.Add(new GroupMember(Fourth, isVoter: true));

        var problems = Told(OfGroup([All.A with { Members = members }, All.B with { Members = members }]));

        Assert.Contains("NotReady: Group g has no majority: 2 of 4 voters take part.", problems);
    }

    [Fact]
    public void Difference_without_a_majority_is_a_problem_of_each_process()
    {
        StateDivergence differs = new(Differs.Serials, [.. Names.Select(name => ImmutableArray.Create(name))], hasMajority: false);

        Assert.All(Good, status => Assert.NotEmpty(GroupHealth.Of(status with { DivergedAt = differs })));
    }

    [Fact]
    public void Leader_of_a_group_is_that_of_the_latest_term()
    {
        GroupStatus status = new("g", [All.A, All.B with { Term = 4, Leader = Names[1] }, All.C with { Term = 5, Leader = null }], []);

        Assert.Equal(Names[1], status.Leader);
    }

    [Fact]
    public void Each_rule_has_a_case()
    {
        var seen = Groups.Values.SelectMany(each => OfGroup(each.Answers))
            .Concat(Processes.Values.SelectMany(each => GroupHealth.Of(each.Status))).Select(problem => problem.Kind);

        Assert.Empty(Enum.GetNames<ProblemKind>().Except(seen));
    }

    private static IEnumerable<string> Told(IEnumerable<GroupProblem> problems) =>
        problems.Select(problem => $"{problem.Severity}{(problem.Remedy is null ? " by itself" : "")}: {problem.Cause}");

    private static ImmutableArray<GroupProblem> OfGroup(RaftStatus[] answers) => GroupHealth.Of(new GroupStatus("g", [.. answers], []));

    private static RaftStatus[] With(RaftStatus third) => [All.A, All.B, third];

    private static RaftStatus Of(ProcessName name) => new("g", name)
    {
        IsOpen = true,
        Actor = ActorRefs.Nobody,
        Role = name == Names[0] ? RaftRole.Leader : RaftRole.Follower,
        Term = 3,
        Leader = Names[0],
        Delivered = new Serial(7),
        Committed = new Serial(7),
        Identity = new Guid(1, 2, 3, new byte[8]),
        Members = [.. Names.Select(member => new GroupMember(member, isVoter: true))],
        MembersAt = new LogIndex(1),
        Reachable = [.. Names.Where(member => member != name)],
    };
}
