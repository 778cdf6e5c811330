using System.Collections.Immutable;
using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>Three processes that founded a group in term 1. All vote, and know each other.</summary>
internal static class FoundedGroup
{
    public const int Size = 3;

    // So short that a few heartbeats without a reply make a process silent, which makes the leader probe it again.
    private const int ElectionTimeoutMin = 3;

    // So long that no time is over by itself: the model decides when an election timeout is over.
    private const int Never = 1_000_000;

    private static readonly ImmutableArray<ProcessName> Names = [new("a@x"), new("b@x"), new("c@x")];
    private static readonly GroupUid Group = new(new Guid(1, 0, 0, new byte[8]));

    public static ImmutableArray<Member> Members { get; } =
        [.. Names.Select(name => new Member(name, SimulatedProcess.IncarnationOf(0, 1)))];

    /// <summary>The number of a process; -1 for any other name.</summary>
    public static int NumberOf(ProcessName name) => Names.IndexOf(name);

    /// <summary>The letter of a process.</summary>
    public static string ShortName(int number) => Names[number].Process;

    public static CoreOptions OptionsOf(int number, Scope scope) => new()
    {
        Self = Members[number],
        Roster = Names,
        FoundingUid = Group,
        Seed = 0,
        ElectionTimeoutMinTicks = ElectionTimeoutMin,
        ElectionTimeoutMaxTicks = Never,
        HeartbeatTicks = 1,
        GoneTicks = Never,
        StableTicks = Never,
        TransferTimeoutTicks = Never,
        DiskStallTicks = Never,
        RetainedEntries = 0,
        MaxEntriesPerMessage = scope.MessageEntries,
        KeepsQuorum = false,
        Sessions = scope.ForgetsRequests ? new SessionBounds(MaxRequests: 1) : new SessionBounds(),
        Variations = new RaftVariations(PreVote: scope.HasPreVotes),
    };

    /// <summary>The content of each disk: the founding configuration of term 1.</summary>
    public static InitialState Disk()
    {
        var configuration = new Configuration(Group, Size, Members, [], [], []) { MaxQuorum = Size };
        var hardState = new HardState(new Term(1), null, [.. Members.Select(member => new PeerRecord(member, default))])
        {
            IsAdmitted = true,
            Group = Group,
            Roster = Names,
        };
        var founding = new LogEntry(new LogIndex(1), new Term(1), Serial.Zero, new Payload.Reconfigure(configuration));
        return new InitialState(hardState, [founding]);
    }
}
