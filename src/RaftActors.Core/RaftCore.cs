using System.Collections.Immutable;
using System.Diagnostics;

namespace RaftActors.Core;

/// <summary>
/// Raft for one process of one group. Takes an input, changes its own state, returns effects; does no I/O, knows no time, owns no thread.
/// The same options, initial state and inputs give the same effects, byte for byte. Not thread-safe: one caller at a time.
/// </summary>
/// <remarks>
/// The parts, in the order in which a group meets them: Door (who is talking), Records (which start of it), Greetings, Founding, Election,
/// Voting, Following, Leading, Replication, Installing, Commitment, Snapshots, Membership, Roster, MemberChanges, Removal, Keeper; and
/// Persistence, Views and Ticks beside them.
/// </remarks>
public sealed partial class RaftCore
{
    private readonly RaftLog _log;
    private readonly ConfigurationHistory _configurations;
    private readonly Prng _prng;
    private readonly List<Effect> _effects = [];

    private Role _role = new FollowerRole(null, default);

    /// <summary>Starts from what the store gave back.</summary>
    /// <exception cref="ArgumentException">The options contradict themselves or the state.</exception>
    /// <exception cref="RosterMismatchException">Before its group was founded, the process had another roster.</exception>
    public RaftCore(CoreOptions options, InitialState initial)
    {
        options.Check();
        Options = options;
        _prng = new Prng(options.Seed);
        _log = LogOf(initial);
        _hardState = HardStateOf(initial);
        _configurations = new ConfigurationHistory(FoundingRoster());
        _sessions = new Sessions(options.Sessions, initial.Snapshot?.Sessions ?? []);
        if (_hardState.Term < _log.LastPosition.Term)
        {
            throw new ArgumentException(
                $"The log has reached term {_log.LastPosition.Term}, but the term kept is {_hardState.Term}; the store is damaged.",
                nameof(initial));
        }

        StartFrom(initial);
        Keep(WithThisStart());
        FollowRoster();
        RenewPromise();
        ResetElectionTimer();
    }

    /// <summary>What the core was told at its start.</summary>
    public CoreOptions Options { get; }

    /// <summary>The role of this process.</summary>
    public RoleKind Role => _role.Kind;

    /// <summary>The current term (§5.1).</summary>
    public Term Term => _hardState.Term;

    /// <summary>The leader of the current term, where known.</summary>
    public Member? Leader => _role switch
    {
        LeaderRole => Self,
        FollowerRole follower => follower.Leader,
        _ => null,
    };

    /// <summary>On the leader: who had voted for it when it was elected, itself included. Otherwise none.</summary>
    public ImmutableArray<Member> ElectedBy => _role is LeaderRole leader ? leader.ElectedBy : [];

    /// <summary>The end of the log, durable or not.</summary>
    public LogPosition LastPosition => _log.LastPosition;

    /// <summary>What comes before it was discarded: the log begins after this place.</summary>
    public LogPosition Base => _log.Base;

    /// <summary>Everything up to here is committed, as far as this process knows.</summary>
    public LogIndex CommitIndex { get; private set; }

    /// <summary>The configuration in force: the latest in the log, or the founding roster.</summary>
    public Configuration Configuration => _configurations.Latest;

    /// <summary>Whether this incarnation may vote and campaign.</summary>
    public bool IsAdmitted => _hardState.IsAdmitted;

    /// <summary>Why this process takes no part any more; null as long as it does.</summary>
    public Fence? Fence => _hardState.Fence;

    internal static ulong MarkOf(ulong seed) => new Prng(~seed).Next();

    private Member Self => Options.Self;

    /// <summary>
    /// Entries of the log from an index on, at most so many; committed up to <see cref="CommitIndex"/>, and what is beyond may still be
    /// replaced. None from an index on that was discarded.
    /// </summary>
    public LogSlice Read(LogIndex first, int limit) => first > _log.Base.Index ? _log.From(first, limit) : default;

    /// <summary>Takes one input; the effects are to be carried out in order before the next step.</summary>
    /// <param name="now">Read from the process's monotonic clock after the input was taken. Needed only where there are leases.</param>
    /// <exception cref="ArgumentException">There are leases, and no time was given.</exception>
    /// <exception cref="InvariantException">A claim that everything here is built on does not hold. The core is not to be used any
    /// more.</exception>
    public ImmutableArray<Effect> Step(Input input, Instant now = default)
    {
        if (Options.Lease is not null && now == default)
        {
            throw new ArgumentException("With leases each input comes with the time.", nameof(now));
        }

        Invariant.That(now >= _clock, "a monotonic clock does not go back");
        _clock = now;
        switch (input)
        {
            case Input.Tick:
                OnTick();
                break;
            case Input.Receive(var envelope):
                OnReceive(envelope);
                break;
            case Input.Propose(var pairs, var areRetries):
                OnPropose(pairs, areRetries);
                break;
            case Input.Persisted(var ticket):
                OnPersisted(ticket);
                break;
            case Input.PeerReachable(var name):
                OnPeerReachable(name);
                break;
            case Input.PeerUnreachable(var name):
                OnPeerUnreachable(name);
                break;
            case Input.Read(var id):
                OnRead(id);
                break;
            case Input.Transfer(var target):
                OnTransfer(target);
                break;
            case Input.ChangeMembers change:
                OnChangeMembers(change);
                break;
            case Input.DiskSpace(var isShort):
                OnDiskSpace(isShort);
                break;
            case Input.SnapshotTaken(var snapshot):
                OnSnapshotTaken(snapshot);
                break;
            default:
                throw new UnreachableException();
        }

        Settle();
        ImmutableArray<Effect> effects = [.. _effects];
        _effects.Clear();
        return effects;
    }

    /// <summary>
    /// Runs once at the end of each step. Handlers only change state; this list draws the conclusions, each from the state that the ones
    /// before it left. So no handler can forget one, and none is drawn twice in a step.
    /// </summary>
    private void Settle()
    {
        ConsiderAdmission();
        ConsiderFounding();
        CountVotes();
        AdvanceCommit();
        ConsiderMembers();
        ServeReads();
        Broadcast();
        TellTargetOnce();
        ConsiderHandingOver();
        FollowRoster();
        Discard();
        PersistChanges();
        AnnounceViews();
    }

    /// <summary>The one way from role to role: what the old one owes to others is settled.</summary>
    private void Become(Role next)
    {
        var last = _role;
        _role = next;
        FailReads(last);
        if (Leader is { } leader)
        {
            EndTransferTo(leader);
        }
    }
}
