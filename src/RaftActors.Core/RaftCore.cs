using System.Collections.Immutable;
using System.Diagnostics;

namespace RaftActors.Core;

/// <summary>
/// Raft for one process of one group. Takes an input, changes its state, and returns effects. Does no I/O, reads no clock, owns no thread.
/// The same options, initial state and inputs give the same effects, byte for byte. Not thread-safe.
/// </summary>
internal sealed class RaftCore
{
    private readonly RaftState _state;
    private readonly Peers _peers;
    private readonly Refusals _refusals;
    private readonly Elections _elections;
    private readonly Follower _follower;
    private readonly Leader _leader;
    private readonly Commitment _commitment;
    private readonly Membership _membership;
    private readonly Proposals _proposals;
    private readonly Reads _reads;
    private readonly Transfers _transfers;
    private readonly RoleChanges _roles;
    private readonly Snapshots _snapshots;
    private readonly Divergences _divergences;
    private readonly Quiescence _quiescence;
    private readonly Views _views;
    private readonly Explain _explain;

    /// <summary>Starts from the state that the store returned.</summary>
    /// <exception cref="ArgumentException">The options contradict each other, or the stored state is damaged.</exception>
    /// <exception cref="RosterMismatchException">The process had another roster before, and its group is not founded yet.</exception>
    public RaftCore(CoreOptions options, InitialState initial)
    {
        options.Check();
        _state = new RaftState(options, initial);
        var founding = new Founding(_state);
        _refusals = new Refusals(_state);
        _peers = new Peers(_state, _refusals);
        (_commitment, _snapshots, _proposals, _reads) = (new(_state), new(_state), new(_state), new(_state));
        _membership = new Membership(_state);
        _transfers = new Transfers(_state, _membership);
        _roles = new RoleChanges(_state, _reads, _transfers);
        _elections = new Elections(_state, _roles, founding, _membership);
        _divergences = new Divergences(_state, _roles, _transfers, _refusals);
        _quiescence = new Quiescence(_state, _membership);
        _follower = new Follower(_state, _roles, _commitment, _divergences, _quiescence, _refusals);
        _leader = new Leader(_state, _roles, _reads, _transfers, _membership, _snapshots, _divergences, _quiescence, _refusals);
        _views = new Views(_state, _commitment);
        _explain = new Explain(_state, _elections, founding);
        Recovery.Start(_state, initial, _commitment);
    }

    public CoreOptions Options => _state.Options;

    internal Boot Boot => _state.HardState.Boot;

    public RaftRole Role => _state.Role.Kind;

    public Term Term => _state.Term;

    /// <summary>The leader of the current term, or null if none is known.</summary>
    public Member? Leader => _state.Leader;

    /// <summary>On the leader: the members whose votes had come when it was elected, itself included. Otherwise empty.</summary>
    public ImmutableArray<Member> ElectedBy => _state.Role is LeaderRole leader ? leader.ElectedBy : [];

    /// <summary>
    /// On the leader: the processes that it replicates to, in the order of members, each with the end of the part of its log that agrees
    /// with the leader's. Otherwise empty.
    /// </summary>
    public ImmutableArray<PeerMatch> Matches =>
        _state.Role is LeaderRole leader ? [.. leader.Progresses.Select(progress => new PeerMatch(progress.Member, progress.Match))] : [];

    /// <summary>The end of the log, durable or not.</summary>
    public LogPosition LastPosition => _state.Log.LastPosition;

    /// <summary>
    /// The entries after this place are in memory. Those between the compacted ones and this place were delivered, and only the store has
    /// them.
    /// </summary>
    public LogPosition Floor => _state.Log.Floor;

    /// <summary>The approximate size of the log after the compacted part, in bytes, in memory or not.</summary>
    public long LogSize => _state.Log.Size;

    /// <summary>Everything up to here is committed, as far as this process knows.</summary>
    public LogIndex CommitIndex => _state.CommitIndex;

    /// <summary>The entries up to this index are committed and in the store. No later write replaces them.</summary>
    public LogIndex CommittedInStore => _state.CommitIndex < _state.Log.Stored ? _state.CommitIndex : _state.Log.Stored;

    /// <summary>The latest configuration that is known to be committed, and its index, or null.</summary>
    public (LogIndex Index, Configuration Configuration)? CommittedConfiguration => _state.Configurations.LatestUpTo(_state.CommitIndex);

    /// <summary>The configuration in force: the latest in the log, or the founding roster.</summary>
    public Configuration Configuration => _state.Configuration;

    /// <summary>The names in the roster without this process. The array is replaced whenever they change.</summary>
    public ImmutableArray<ProcessName> Others => _state.Roster.Others;

    /// <summary>This incarnation may vote and campaign.</summary>
    public bool IsAdmitted => _state.IsAdmitted;

    /// <summary>The process counts no ticks, since its group has no work.</summary>
    public bool IsQuiescent => _state.Quiet.IsQuiescent;

    /// <summary>
    /// The shell watches for this process, from <see cref="Effect.Quiesced"/> to <see cref="Effect.Unwatched"/>. Only then its reports of
    /// silence count.
    /// </summary>
    public bool IsWatched => _state.Quiet.IsWatched;

    /// <summary>
    /// The next tick that may have an effect if no other input precedes it, where 1 is the next tick. A shell may delay the ticks before
    /// it, and give all of them when it is due or before the next input, or <see cref="Skip"/> them. A quiescent process has no such tick:
    /// <see cref="long.MaxValue"/>.
    /// </summary>
    public long TicksUntilDue => IsQuiescent ? long.MaxValue : Math.Max(1, Rest.EndOf(_state) - _state.Now);

    /// <summary>
    /// The process follows no leader and cannot campaign, however many ticks come at once, because it hears no majority of the founders.
    /// So a shell may rest until the next due tick, even if that is longer than an election timeout.
    /// </summary>
    public bool MayRestLong => Founding.IgnoresTimer(_state);

    /// <summary>On a leader: why it does not ask its group to become quiescent. Null if it asks, or does not lead.</summary>
    public string? WhyAwake => _state.Role is LeaderRole leader ? _quiescence.WhyNot(leader) : null;

    /// <summary>The latest snapshot that covers the beginning of the log, or null.</summary>
    public Snapshot? Snapshot => _state.Snapshots.Latest;

    /// <summary>
    /// Finds the pair of a request, or else of its request key, in the log of a leader, committed or not. Returns null if there is none,
    /// or if it was forgotten. The shell asks before it shows a pair to the application, but only <see cref="Input.Propose"/> decides
    /// whether the log takes the pair. A process that does not lead finds only committed pairs.
    /// </summary>
    public AnsweredRequest? Find(RequestId request, RequestKeyHash? key = null) => _proposals.Find(request, key);

    /// <summary>
    /// Returns what to store beside the application's state at an index. The index is above that of <see cref="Snapshot"/>, at most the
    /// last one that <see cref="Effect.Commit"/> delivered, and not below <see cref="Floor"/> (<see cref="Input.SnapshotPlanned"/>) or the
    /// group's first configuration. An index has one snapshot, because it may be sent in pieces.
    /// </summary>
    /// <param name="length">The size of that state in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside that range, or the size is negative.</exception>
    public Snapshot DescribeSnapshot(LogIndex index, long length) => _snapshots.Describe(index, length);

    /// <summary>
    /// Tells whether the sender is the latest known start of a process that this one deals with. If not, the address of the message must
    /// not replace the known one.
    /// </summary>
    public bool Trusts(Envelope envelope) => _peers.Trusts(envelope);

    /// <summary>Explains why there is no leader, or none that is ready. Empty if nothing prevents it.</summary>
    public ImmutableArray<string> ExplainLeader() => _explain.Leader();

    /// <summary>Explains why a serial is not committed. Empty if it is.</summary>
    public ImmutableArray<string> ExplainSerial(Serial serial) => _explain.Serial(serial);

    /// <summary>
    /// Explains why a process, by default this one, does not vote. Empty if it votes, unless the leader is about to replace it.
    /// </summary>
    public ImmutableArray<string> ExplainMembership(ProcessName? of = null) => _explain.Membership(of ?? _state.Self.Name);

    /// <summary>Takes one input. The caller carries out the effects, in order, before the next step.</summary>
    /// <param name="now">
    /// The monotonic clock of the process, from any origin, read after the input was taken. So a lease that holds at the reading held after
    /// the question was asked. Needed only with leases.
    /// </param>
    /// <exception cref="ArgumentException">The group has leases, and no time was given.</exception>
    /// <exception cref="InvariantException">An invariant of Raft does not hold. The core must not be used any more.</exception>
    public ImmutableArray<Effect> Step(Input input, TimeSpan now = default)
    {
        if (Options.Lease is not null && now == default)
        {
            throw new ArgumentException("With leases each input comes with the time.", nameof(now));
        }

        _state.Clock.Read(now);
        var wasAdmitted = _state.IsAdmitted;
        if (_quiescence.WakesOn(input) && _state.Role is LeaderRole leader)
        {
            _leader.SendHeartbeats(leader);
        }

        if (!_quiescence.Ignores(input))
        {
            Take(input);
        }

        Conclude(wasAdmitted);
        ImmutableArray<Effect> effects = [.. _state.Effects];
        _state.Effects.Clear();
        return effects;
    }

    /// <summary>Counts ticks before the due one, which have no effect, in one step.</summary>
    /// <exception cref="InvariantException">The due tick is one of them.</exception>
    public void Skip(long ticks)
    {
        Invariant.That(ticks < TicksUntilDue, "a skipped tick has no effect");
        if (!IsQuiescent)
        {
            _state.Clock.Skip(ticks);
        }
    }

    private void Take(Input input)
    {
        switch (input)
        {
            case Input.Tick:
                OnTick();
                break;
            case Input.Paused pause:
                _state.Pauses.Note(pause);
                break;
            case Input.Wake:
                break;
            case Input.Receive(var envelope):
                OnReceive(envelope);
                break;
            case Input.Propose propose:
                _proposals.OnPropose(propose);
                break;
            case Input.Close(var last):
                _proposals.OnClose(last);
                break;
            case Input.Extend:
                _proposals.OnExtend();
                break;
            case Input.Persisted(var ticket):
                OnPersisted(ticket);
                break;
            case Input.PeerReachable(var name):
                _peers.OnPeerReachable(name);
                break;
            case Input.PeerUnreachable(var name):
                _elections.OnPeerUnreachable(name);
                break;
            case Input.Read(var id, var mayUseLease):
                _reads.OnRead(id, mayUseLease);
                break;
            case Input.Transfer(var target):
                _transfers.OnTransfer(target);
                break;
            case Input.ChangeMembers change:
                _membership.OnChangeMembers(change);
                break;
            case Input.DiskSpace(var isShort):
                _transfers.OnDiskSpace(isShort);
                break;
            case Input.StoreReads(var isReading):
                _state.Durability.NoteReads(isReading);
                break;
            case Input.Held(var isHeld):
                _state.IsHeld = isHeld;
                break;
            case Input.Applied(var serial):
                _state.Applied = serial;
                break;
            case Input.SnapshotPlanned(var index):
                _state.Snapshots.Planned = index;
                break;
            case Input.SnapshotTaken(var snapshot):
                _snapshots.OnSnapshotTaken(snapshot);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void OnReceive(Envelope envelope)
    {
        if (_peers.Receive(envelope) is not { } peer)
        {
            return;
        }

        switch (envelope.Body)
        {
            case Message.Greeting greeting:
                _peers.OnGreeting(peer, envelope, greeting);
                _elections.OnGreeting();
                _divergences.CompareWith(peer);
                break;
            case Message.RequestVote request:
                _elections.OnRequestVote(peer, envelope, request);
                break;
            case Message.RequestVoteReply reply:
                _elections.OnRequestVoteReply(envelope, reply);
                break;
            case Message.TimeoutNow:
                _elections.OnTimeoutNow(envelope);
                break;
            case Message.AppendEntries request:
                _follower.OnAppendEntries(peer, envelope, request);
                break;
            case Message.Quiesce question:
                _follower.OnQuiesce(envelope, question);
                break;
            case Message.QuiesceReply reply:
                _leader.OnQuiesceReply(envelope, reply);
                break;
            case Message.SnapshotChunk chunk:
                _follower.OnSnapshotChunk(peer, envelope, chunk);
                break;
            case Message.AppendEntriesReply reply:
                _leader.OnAppendEntriesReply(envelope, reply);
                break;
            case Message.SnapshotChunkReply reply:
                _leader.OnSnapshotChunkReply(envelope, reply);
                break;
            case Message.ReadIndex question:
                _reads.OnReadIndex(envelope, question);
                break;
            case Message.ReadIndexReply reply:
                _reads.OnReadIndexReply(envelope, reply);
                break;
            case Message.ComparePrefix comparison:
                _divergences.OnComparePrefix(peer, envelope.Term, comparison);
                break;
            case Message.Refusal refusal:
                OnRefusal(peer, envelope, refusal);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void OnRefusal(Peer peer, Envelope envelope, Message.Refusal refusal)
    {
        if (refusal.Reason == RefusalReason.RestoredDisk)
        {
            _divergences.OnRestoredDisk(refusal);
            return;
        }

        _refusals.Show(peer, envelope.From, refusal);
        switch (refusal.Reason)
        {
            case RefusalReason.Removed:
                _elections.OnToldRemoved();
                break;
            case RefusalReason.Diverged:
                _divergences.OnDiverged(peer, envelope, refusal);
                break;
            case RefusalReason.Outvoted:
                _divergences.OnOutvoted(peer, refusal);
                break;
        }
    }

    private void OnTick()
    {
        _state.Clock.Skip(1);
        if (_state.IsFenced)
        {
            return;
        }

        _peers.OnTick();
        _transfers.OnTick();
        if (_state.Role is LeaderRole leader)
        {
            _leader.OnTick(leader);
            return;
        }

        _reads.OnTick();
        _elections.EndPromiseOnTick();
        _elections.OnTick();
    }

    private void OnPersisted(Ticket ticket)
    {
        if (!_state.Durability.Finish(ticket, out var slowedBy))
        {
            return;
        }

        _state.Timer.DueAt += slowedBy;
        _state.Log.Saved(ticket);
        _state.Snapshots.Incoming?.Saved(ticket);
        _elections.OnPersisted(ticket);
    }

    /// <summary>
    /// Concludes a step, once, at its end. Handlers of inputs and messages only change state and reply to the sender. Each line below
    /// decides from the state that the lines before it left. So no handler can forget a conclusion, and none is drawn twice.
    /// </summary>
    private void Conclude(bool wasAdmitted)
    {
        _elections.Admit();
        if (_state.IsAdmitted && (!wasAdmitted || (_state.Role is FollowerRole { Leader: null } && !_state.IsBound)))
        {
            // Also decides requests that were refused for the sake of a leader that this process no longer follows, because a candidate
            // asks only once.
            _elections.DecideKeptRequests();
        }

        _elections.Advance();
        _commitment.Advance();
        _membership.Advance();
        _reads.Advance();

        // Entries go to the peers before they are on this disk (thesis §10.2.1). A follower's answer waits for Durability.LogTicket.
        _leader.Advance();
        _transfers.Advance();
        if (_transfers.StepsDownAfterRemoval())
        {
            _roles.StepDown();
        }

        _state.Roster.Update(_state);
        _snapshots.Discard();
        _state.Durability.PersistChanges();
        _views.Advance();
        _snapshots.Evict();
        _quiescence.Advance();
    }
}
