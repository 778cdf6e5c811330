using System.Reflection;
using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>The part of a field that belongs to a state.</summary>
internal enum FieldRule
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>Nothing.</summary>
    None,

    /// <summary>Only whether it has a value.</summary>
    IsSet,

    /// <summary>A tick in the past, as its age; from the shortest election timeout on all ages are equal.</summary>
    Age,

    /// <summary>A tick, as the time until then; 0 if it is over.</summary>
    Remaining,

    /// <summary>A count of which only 0, 1 and more matter.</summary>
    UpToTwo,

    /// <summary>Only the number of items.</summary>
    Count,
}

/// <summary>
/// The parts of a process that are left out of its state, because nothing that may happen within the bounds depends on them. Every other
/// field counts, also one that Core gets later.
/// </summary>
/// <remarks>
/// Time is left out: an election timeout may be over at any moment, so it does not matter when it would be. All other times are too
/// long to be over within the bounds. Three times stay: the time for which a voter holds to its leader, the age of the last reply to a
/// leader, which decides whether it probes again, and the pause before the next greeting.
/// </remarks>
internal static class Abstraction
{
    private static readonly Dictionary<(Type Type, string Field), FieldRule> Rules = new()
    {
        [(typeof(ElectionTimer), "DueAt")] = FieldRule.None,
        [(typeof(ElectionTimer), "Campaigns")] = FieldRule.UpToTwo,
        [(typeof(ElectionState), "HeardAt")] = FieldRule.IsSet,
        [(typeof(ElectionState), "StickyUntil")] = FieldRule.Remaining,
        [(typeof(ElectionState), "BoundUntil")] = FieldRule.Remaining,
        [(typeof(ElectionState), "FormerPromiseEnd")] = FieldRule.None, // No scope has leases.
        [(typeof(ElectionState), "LogRefusedAt")] = FieldRule.IsSet,
        [(typeof(ElectionState), "ShorterLogRefusedAt")] = FieldRule.IsSet,
        [(typeof(ElectionState), "ToldRemoved")] = FieldRule.IsSet,
        [(typeof(Durability), "_outstanding")] = FieldRule.Count,
        [(typeof(Durability), "_latestWriteTicks")] = FieldRule.None,
        [(typeof(Durability), "_readsSince")] = FieldRule.IsSet,
        [(typeof(Core.Peer), "GreetedAt")] = FieldRule.IsSet,
        [(typeof(Core.Peer), "RepliedAt")] = FieldRule.IsSet,
        [(typeof(Core.Peer), "SpokeAt")] = FieldRule.IsSet,
        [(typeof(Core.Peer), "ClaimedAt")] = FieldRule.IsSet,
        [(typeof(Core.Peer), "GreetAgainAt")] = FieldRule.Remaining,
        [(typeof(Progress), "RepliedAt")] = FieldRule.Age,
        [(typeof(Progress), "KeepsUpSince")] = FieldRule.IsSet,
        [(typeof(CommitNotices), "_tick")] = FieldRule.None,
        [(typeof(CommitNotices), "_sentInTick")] = FieldRule.None, // Limited to 8 in a tick; no leader has so many commits.
        [(typeof(RemovedPeer), "CommittedAt")] = FieldRule.IsSet,
        [(typeof(Transfer), "StartedAt")] = FieldRule.None,
        [(typeof(TransferState), "PausedUntil")] = FieldRule.None,
        [(typeof(OutgoingSnapshot), "MovedAt")] = FieldRule.None,
        [(typeof(PendingReads), "AskedAt")] = FieldRule.None,
        [(typeof(QuietState), "BusyAt")] = FieldRule.None,
        [(typeof(LeaderRole), "Keeper")] = FieldRule.None, // Chooses voters only if the leader keeps K, which it does not.
        [(typeof(LeaderRole), "LastSent")] = FieldRule.None, // A cache.
        [(typeof(Core.Sessions), "_firstFull")] = FieldRule.None, // Follows from the sessions.
        [(typeof(Core.Sessions), "_inAll")] = FieldRule.None, // As before.
        [(typeof(Message.Refusal), "Detail")] = FieldRule.None, // For people. It would give names a meaning.
    };

    private static readonly HashSet<Type> Ignored =
        [typeof(CoreOptions), typeof(Clock), typeof(Prng), typeof(List<Effect>), typeof(Entitlement), typeof(SessionBounds)];

    // These are kept in the order of names, or sent to two processes in that order.
    private static readonly HashSet<Type> ByName =
    [
        typeof(Member), typeof(ProcessName), typeof(PeerRecord), typeof(Core.Peer), typeof(Progress),
        typeof(LeaderRole.Seat), typeof(RemovedPeer), typeof((Ticket, Effect)), typeof(FoundingSerial),
    ];

    /// <summary>Whether items of this type have an order that only the names of processes give.</summary>
    public static bool IsByName(Type item) => ByName.Contains(item);

    /// <summary>The rules for fields that do not exist. With one, a state would hold times, and the states would have no end.</summary>
    public static IEnumerable<(Type Type, string Field)> Stale() => Rules.Keys.Where(rule => !Array.Exists(
        rule.Type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic), field => NameOf(field) == rule.Field));

    public static FieldRule RuleOf(FieldInfo field) =>
        Ignored.Contains(field.FieldType) || typeof(Delegate).IsAssignableFrom(field.FieldType)
            ? FieldRule.None
            : Rules.GetValueOrDefault((field.DeclaringType!, NameOf(field)), FieldRule.Whole);

    /// <summary>The name of a field, of its property, or of its parameter of the constructor.</summary>
    private static string NameOf(FieldInfo field) =>
        field.Name is ['<', .. var rest] ? rest[..rest.IndexOf('>')] : field.Name;
}
