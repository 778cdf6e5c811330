using Akka.Actor;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Delivery;
using RaftActors.Engine.Requests;
using RaftActors.Sessions;
using RaftActors.Settings;
using RaftActors.Storage;
using RaftActors.Telemetry;

namespace RaftActors.Engine;

/// <summary>
/// One process on this node, from the opening of its store to the end of the actor system. The engine writes <see cref="Pairs"/>,
/// <see cref="Status"/> and <see cref="Snapshot"/>, and any thread reads them. <see cref="Queries"/> and <see cref="Tries"/> belong to the
/// living actor, and Core to the engine. The other parts never change, or are thread-safe.
/// </summary>
internal sealed class RaftProcess
{
    // A start has 2^40 request numbers, all above those of earlier starts. It begins at a random place in their first half. The numbers of
    // Appends begin a quarter further on.
    private const int RequestBits = 40;

    private long _requests;
    private long _appends;
    private long _lives;
    private long _delivered;
    private bool _isOlder;
    private InitialState? _initial;
    private RaftCore? _core;
    private volatile RaftStatus _status;
    private volatile Snapshot? _snapshot;

    /// <summary>Asks the group to take this process in. Null: an operator does it (<c>raft.joining</c>).</summary>
    public Func<Task<Outcome<Membership>>>? AskForPlace { get; init; }

    /// <param name="store">An open store, which the process owns from here on.</param>
    /// <param name="preload">The pairs for an empty store.</param>
    public RaftProcess(RaftSettings settings, HostedStore store, RecoveredState recovered, LogSlice preload, ITimeProvider clock)
    {
        var incarnation = recovered.Incarnation;
        Settings = settings;
        Member = new Member(settings.Self, incarnation);
        Store = store;
        Pairs = new CommittedPairs(store.ReadLog, store.Fail);
        HasUnexpectedlyNewStore = recovered.IsNew && !store.IsInMemory;
        Engine = new EngineLink(this);
        Tries = new DeliveryTries(clock);
        Telemetry = new ProcessTelemetry(settings, clock);
        Appends = new OpenAppends(Telemetry);
        Queries = new OpenQueries(Telemetry);
        _snapshot = recovered.State.Snapshot;
        _status = new RaftStatus(settings.Group, settings.Self)
        {
            IsOpen = true,
            FormatLevelMax = FormatRange.Own.Highest,
            Program = settings.Program,
            DownsMembers = settings.DownsMembers,
            Placement = settings.Placement,
            RoleSince = Machine.Current.Time.GetUtcNow(),
            Members = [.. settings.Roster.Select(name => new GroupMember(name, isVoter: !settings.IsJoining))],
        };
        Preloaded = CountPreloaded(recovered.State, preload);
        var end = recovered.State.Log.IsEmpty ? recovered.State.Base.Serial : recovered.State.Log[^1].Serial;
        var covered = recovered.State.Snapshot?.Position ?? recovered.State.Base;
        Found = end > covered.Serial ? end : covered.Serial;
        FoundIndex = recovered.State.Last > covered.Index ? recovered.State.Last : covered.Index;

        // The group remembers the requests of an incarnation and takes a repeated number for a retry, whose pair it drops. So each start
        // has numbers of its own, and no request is sent before the start is on disk. A restored disk repeats the number of a start. The
        // random place keeps its requests apart from those of the first one.
        _requests = (recovered.State.HardState.Boot.Number << RequestBits) + (long)(Machine.Current.NewNumber() >> (64 - RequestBits + 1));
        _appends = _requests + (1L << (RequestBits - 2));
        _initial = HoldCommitted(recovered.State);
    }

    public RaftSettings Settings { get; }

    public ProcessName Name => Settings.Self;

    public Member Member { get; }

    /// <summary>The last serial of the store when it was opened. Pairs up to it come from the store, once they are committed.</summary>
    public Serial Found { get; }

    public LogIndex FoundIndex { get; }

    /// <summary>The last preloaded serial in the log. A store with entries keeps its own pairs.</summary>
    public Serial Preloaded { get; }

    /// <summary>
    /// True if this start found an empty store on disk. If other processes know this process with another store, that store was lost.
    /// </summary>
    public bool HasUnexpectedlyNewStore { get; }

    public HostedStore Store { get; }

    public CommittedPairs Pairs { get; }

    /// <summary>The status as far as the engine knows it. <see cref="Describe"/> adds the rest.</summary>
    public RaftStatus Status
    {
        get => _status;
        set => _status = value;
    }

    /// <summary>The latest durable snapshot of the actor's state, if there is one.</summary>
    public Snapshot? Snapshot
    {
        get => _snapshot;
        set => _snapshot = value;
    }

    public ProcessTelemetry Telemetry { get; }

    /// <summary>The living actor has received all pairs up to this serial. Set by the actor, and read by any thread.</summary>
    public Serial Delivered
    {
        get => new(Volatile.Read(ref _delivered));
        set => Volatile.Write(ref _delivered, value.Value);
    }

    /// <summary>A member has a program with a higher logic version. Set by the engine, and read by any thread.</summary>
    public bool IsOlder
    {
        get => Volatile.Read(ref _isOlder);
        set => Volatile.Write(ref _isOlder, value);
    }

    public OpenAppends Appends { get; }

    /// <summary>The latest life of the actor. Null before the first one.</summary>
    public LatestActor? Actor { get; set; }

    public EngineLink Engine { get; }

    public OpenQueries Queries { get; }

    public DeliveryTries Tries { get; }

    /// <summary>Returns a clause with the cause of a stop.</summary>
    public static string OfStore(Exception failure) => $"its store failed: {failure.Message}";

    /// <summary>The outcome of an Append that the engine never sent before it stopped.</summary>
    public RaftFailure EngineStopped => RaftFailure.NotDone(
        FailureReason.Stopped,
        Status.Failure is { } failure
            ? $"Restart the node: the engine of this process has stopped, because {failure}"
            : "The engine of this process has stopped. Restart its node.");

    /// <summary>The state of the process for an operator. Thread-safe.</summary>
    /// <param name="delivered">Read before this call, so that it is not above the committed serial of the status.</param>
    public RaftStatus Describe(Serial delivered, IActorRef? actor) => Status with
    {
        Actor = actor,
        Delivered = delivered,
        Committed = Pairs.CommittedSerial,
        HeldAt = Tries.HeldAt,
        SyncTime = Store.SyncTime,
    };

    /// <summary>Makes the Core for the engine. Called once in the start of the actor, which fails with a contradictory store.</summary>
    /// <exception cref="StoreException">The store contradicts itself.</exception>
    public void MakeCore()
    {
        Rehearsal.PlayOnce();
        try
        {
            // Core draws the mark of this start from the seed, so each start needs its own.
            _core = new RaftCore(
                Settings.ToCoreOptions(Member, Machine.Current.NewNumber()), _initial ?? throw new InvalidOperationException());
        }
        catch (RosterMismatchException e)
        {
            throw new StoreException($"Cannot start {Name} of group {Settings.Group}. {e.Message}", e);
        }
        catch (ArgumentException e) when (e.ParamName == "initial")
        {
            throw new StoreException(
                $"Cannot start {Name} of group {Settings.Group}: its store contradicts itself. {e.Message} Stop the node, run "
                + $"'raft log forget {Settings.Group}' on its data directory, and start the node: its process rejoins the group.",
                e);
        }

        HoldKept(_initial);
        Pairs.EvictTo(_core.Floor.Serial);
        _initial = null;
        _status = _status.With(_core, Machine.Current.Time) with { Members = GroupMember.AllOf(_core.Configuration) };
    }

    /// <summary>Passes Core to the engine, once.</summary>
    public RaftCore TakeCore() =>
        Interlocked.Exchange(ref _core, null) ?? throw new InvalidOperationException("Core was taken before: a process has one engine.");

    /// <summary>
    /// Restores the latest snapshot for the actor, and the results that it has. Restores again if the engine replaces the snapshot
    /// meanwhile.
    /// </summary>
    /// <returns>The serial of the snapshot.</returns>
    /// <exception cref="UnreadableSnapshotException">The snapshot cannot be read, or its results are damaged.</exception>
    public Serial Restore(KeptResults results, Action<SnapshotReadStream> restore)
    {
        while (true)
        {
            using var state = new SnapshotReadStream(this, Snapshot ?? throw new InvalidOperationException("There is no snapshot."));
            try
            {
                state.ReadTail(results);
                restore(state);
            }
            catch (Exception) when (state.Failure is not null)
            {
                // The failure of the store counts, and not the exception that the actor made of it.
            }

            if (state.Failure is not { } failure)
            {
                return state.Serial;
            }

            if (!state.IsReplaced)
            {
                throw new UnreadableSnapshotException(failure);
            }
        }
    }

    public RaftConfigurationException SnapshotNotTaken(ActorBase actor) => new(
        $"'{Name}' of group '{Settings.Group}' has no pairs up to serial {Pairs.Base}, because a snapshot covers them, and "
        + $"{actor.GetType()} cannot restore a snapshot. Implement IRaftSnapshot<TState> or IRaftStreamSnapshot, as the actors did "
        + "that took the snapshot, or set RaftOptions.LastSerial to the last pair in the application's own store.");

    /// <summary>A request number that no other start of this process has.</summary>
    public RequestRef NewRequest() => ToRef(Interlocked.Increment(ref _requests));

    /// <summary>
    /// A request number for an Append. These numbers have no gaps, because an <see cref="AppendSession{T}"/> bounds the span of the open
    /// ones.
    /// </summary>
    public RequestRef NewAppend() => ToRef(Interlocked.Increment(ref _appends));

    public RequestRef ToRef(long number) => RequestRef.Of(new RequestId(Member, number));

    /// <summary>True if this process made the call, and false if a client did.</summary>
    public bool IsOwn(RequestRef request) => request.Id.Origin == Member;

    /// <summary>The Append that this pair ends, if this process or a client that waits here made it.</summary>
    public RequestRef? WaitingRef(StoredPair pair) =>
        pair is { HasMore: false, Request: { } request }
        && RequestRef.Of(request) is var made
        && (request.Origin == Member || Appends.HasOfClient(made))
            ? made
            : null;

    /// <summary>The number of a new life of the actor, above those of earlier lives.</summary>
    public long BeginLife() => Interlocked.Increment(ref _lives);

    private static Serial CountPreloaded(InitialState state, LogSlice preload)
    {
        var count = 0;
        if (state.Base.Index > LogIndex.Zero || preload.IsEmpty)
        {
            return Serial.Zero;
        }

        foreach (var entry in (state.Earlier?.Pages ?? []).Append(state.Log).SelectMany(page => page))
        {
            if (count == preload.Length
                || entry.Payload is not Payload.Pair found
                || preload[count].Payload is not Payload.Pair brought
                || found.Request is not null
                || found.Key != brought.Key
                || !found.Value.Span.SequenceEqual(brought.Value.Span))
            {
                break;
            }

            count++;
        }

        return new Serial(count);
    }

    // Pairs get the entries that are known to be committed, also those that the snapshot covers, because this process can serve them. Core
    // commits the others anew. Entries that do not stay in memory pass here while Core reads them.
    private InitialState HoldCommitted(InitialState state)
    {
        var isOvertaken = state.Snapshot?.Position.Index > state.Last;
        // Justification: only a snapshot overtakes the log.
        Pairs.StartAfter(isOvertaken ? state.Snapshot!.Position : state.Base, state.Snapshot?.Configuration);
        return state.Earlier is { } earlier && !isOvertaken
            ? state with { Earlier = earlier with { Pages = earlier.Pages.Select(Hold) } }
            : state;

        LogSlice Hold(LogSlice page)
        {
            HoldCommitted(page, CommittedOf(state));
            if (page.Length > 0 && page[^1].Index <= CommittedOf(state))
            {
                Pairs.EvictTo(page[^1].Serial);
            }

            return page;
        }
    }

    private void HoldKept(InitialState state)
    {
        if (!(state.Snapshot?.Position.Index > state.Last))
        {
            HoldCommitted(state.Log, CommittedOf(state));
        }
    }

    private void HoldCommitted(LogSlice entries, LogIndex committed)
    {
        var count = entries.IsEmpty ? 0 : (int)Math.Clamp(committed.Value - entries[0].Index.Value + 1, 0, entries.Length);
        Pairs.Commit(entries.Take(count));
    }

    private static LogIndex CommittedOf(InitialState state) =>
        state.Snapshot?.Position.Index is { } covered && covered > state.Committed ? covered : state.Committed;
}
