using RaftActors.Storage.Backups;

namespace RaftActors.Tests.Model;

/// <summary>The public records that programs log: each prints its collections, and System.Text.Json writes it.</summary>
public sealed class RecordTests
{
    private static readonly ProcessName Name = new("raft1@node1");
    private static readonly RequestRef Request = new(Name, Incarnation.None, 1);
    private static readonly GroupMember Member = new(Name, isVoter: true);
    private static readonly Serial One = new(1);
    private static readonly long Term = 1;
    private static readonly Leader Leader = new(Name, ActorRefs.Nobody, Term, One, isSelf: true, isReady: true);
    private static readonly Peer Peer = new(Name, ActorRefs.Nobody, One, isReachable: true);
    private static readonly Quorum Quorum = new([Name], isMember: true);
    private static readonly RaftStatus Status = new("orders", Name) { Actor = ActorRefs.Nobody, Members = [Member], Reachable = [Name] };

    private static readonly object[] Samples =
    [
        new Entry<int>(One, "key", 1, Request),
        RaftFailure.NotDone(FailureReason.Busy, "why"),
        Status.Problems[0],
        new GroupStatus("orders", [Status], [Name]),
        Leader,
        Member,
        new Membership([Member], new LogIndex(1), Name),
        new Outcome<int> { Serial = One, Result = 1 },
        Peer,
        new Proposal<int>("key", 1, Name),
        Quorum,
        Backup(),
        new RaftProjectionStatus(One),
        new RaftEvent.ClockDiffers("orders", Name, TimeSpan.FromSeconds(11)),
        new RaftEvent.Fenced("orders", Name, "why"),
        new RaftEvent.Held("orders", Name, new HeldActor("RestoreSnapshot", new Serial(4), "why", DateTimeOffset.UnixEpoch)),
        new RaftEvent.LeaderChanged("orders", Name, Name, Term),
        new RaftEvent.MembersChanged("orders", Name, new LogIndex(1), [Member]),
        new RaftEvent.MembersDecided("orders", Name, new LogIndex(1), [Name], [Name], "why"),
        new RaftEvent.NameTaken("orders", Name, Name, "why"),
        new RaftEvent.PeerChanged("orders", Name, Name, isReachable: true),
        new RaftEvent.Refused("orders", Name, Name, RefusalReason.OtherGroup, "why"),
        new RaftEvent.Removed("orders", Name),
        new RaftEvent.RoleChanged("orders", Name, RaftRole.Leader, Term, [Name]),
        new RaftEvent.Started("orders", Name, ActorRefs.Nobody),
        new RaftEvent.StartFailed("orders", Name, new InvalidOperationException("why")),
        new RaftEvent.StateDiverged("orders", Name, Divergence),
        new RaftEvent.Stopped("orders", Name, "why"),
        new CanceledCall(CallKind.Append, Request, new RaftFailure(FailureKind.NotDone, FailureReason.NoLeader, "why")) { Key = "key" },
        Status,
        ReadConsistency.Lease,
        new RequestKey("order 7", One),
        Request,
        new SerialRange(One, One),
    ];

    private static StateDivergence Divergence =>
        new(new SerialRange(new Serial(1), new Serial(2)), [[Name], [new ProcessName("other@node1")]], hasMajority: false);

    public static TheoryData<Type> Records => [.. typeof(Raft).Assembly.GetExportedTypes()
        .Where(type => type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null)
        .Where(type => !type.IsAbstract && !type.Name.Contains("Options"))];

    [Theory]
    [MemberData(nameof(Records))]
    public void Record_prints_its_collections_and_is_written_as_json(Type type)
    {
        var sample = Assert.Single(Samples, one => Definition(one.GetType()) == Definition(type));

        Assert.DoesNotContain("System.Collections", sample.ToString());
        Assert.NotEmpty(JsonSerializer.Serialize(sample, sample.GetType()));
    }

    private static RaftBackup Backup()
    {
        using TemporaryFolder folder = new();
        using (BackupWriter writer = new(folder["backup"], new StoreOwner("orders", Name), continues: null))
        {
            writer.Complete(default, DateTimeOffset.UnixEpoch);
        }

        using BackupFile file = new(folder["backup"]);
        return new RaftBackup(file);
    }

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;
}
