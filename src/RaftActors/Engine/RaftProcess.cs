using System.Buffers.Binary;
using System.Security.Cryptography;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Engine;

/// <summary>
/// One process on this node, from its actor's first life to the end of the actor system: what the lives of the actor and the engine
/// share. Made by <see cref="RaftExtension"/>.
/// </summary>
internal sealed class RaftProcess
{
    // How many requests a start may make, as a power of two, so that those of the next are above them all.
    private const int RequestBits = 40;

    // Bits of _gone.
    private const int EngineGone = 1;
    private const int ActorGone = 2;

    private readonly ushort _printedLife;
    private long _requests;
    private long _lives;
    private int _gone;

    // The engine, and the life of the actor that it took on last.
    private (IActorRef? Ref, long Life) _engine;
    private InitialState? _initial;
    private RaftCore? _core;
    private volatile Snapshot? _snapshot;
    private volatile ProcessView _view;
    private volatile string? _failure;
    private volatile string? _fence;
    private volatile string? _decision;

    /// <param name="store">Open; the process's own from here on.</param>
    /// <param name="preload">What was to go into the store if it was empty.</param>
    public RaftProcess(RaftSettings settings, long number, HostedStore store, RecoveredState recovered, LogSlice preload)
    {
        var incarnation = recovered.Incarnation;
        Settings = settings;
        Pid = new Pid(settings.Self, number);
        Member = new Member(settings.Self, incarnation);
        Store = store;
        HasUnexpectedlyNewStore = recovered.IsNew && !store.IsInMemory;
        _initial = recovered.State;
        _snapshot = recovered.State.Snapshot;
        _view = ProcessView.AtStart(settings);
        Preloaded = CountPreloaded(recovered.State, preload);
        Found = recovered.State.Log.IsEmpty ? recovered.State.Base.Serial : recovered.State.Log[^1].Serial;
        Span<byte> bytes = stackalloc byte[16];
        incarnation.Value.TryWriteBytes(bytes);
        _printedLife = BinaryPrimitives.ReadUInt16LittleEndian(bytes);

        // The incarnation may be an old one, and the group remembers its requests: a number that was given before would be taken for a
        // retry, and its pair be dropped. Each start has numbers of its own, and nothing goes out before the start is on disk.
        _requests = recovered.State.HardState.Boot.Number << RequestBits;
        HoldCommitted(recovered.State);
    }

    public RaftSettings Settings { get; }

    public Pid Pid { get; }

    public Member Member { get; }

    /// <summary>The last of the preloaded pairs that the log really begins with: a store that was found keeps its own.</summary>
    public Serial Preloaded { get; }

    /// <summary>The last pair that the log had when it was opened. What is up to here need not be fetched, only committed.</summary>
    public Serial Found { get; }

    public HostedStore Store { get; }

    /// <summary>This start found an empty store on a disk. If others know this process with another store, that one was lost.</summary>
    public bool HasUnexpectedlyNewStore { get; }

    /// <summary>Written by the engine, read by the actor too.</summary>
    public CommittedPairs Pairs { get; } = new();

    /// <summary>The latest snapshot that is durable. Written by the engine, read by the actor too.</summary>
    public Snapshot? Snapshot
    {
        get => _snapshot;
        set => _snapshot = value;
    }

    /// <summary>
    /// The latest snapshot's state, and the serial that it is of. For the actor: while it reads, the engine may have put a later one in the
    /// place of the latest, so that one is read then.
    /// </summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public (Serial Serial, ReadOnlyMemory<byte> State) ReadSnapshot()
    {
        while (true)
        {
            var latest = Snapshot ?? throw new InvalidOperationException("There is no snapshot.");
            try
            {
                var state = Store.ReadSnapshot(latest.Position, 0, checked((int)latest.Length));
                return state.Length == latest.Length
                    ? (latest.Position.Serial, state)
                    : throw new StoreException($"Of the snapshot {latest} there are only {state.Length} bytes.");
            }
            catch (StoreException) when (Snapshot != latest)
            {
            }
        }
    }

    /// <exception cref="RaftConfigurationException">The actor cannot be handed what follows.</exception>
    public void DemandPairsAfter(Serial last, object actor)
    {
        if (last < Pairs.Base && actor is not IRaftSnapshot)
        {
            throw SnapshotNotTaken(actor);
        }
    }

    public RaftConfigurationException SnapshotNotTaken(object actor) => new(
        $"'{Pid.Name}' of group '{Settings.Group}' keeps no pairs up to serial {Pairs.Base}, a snapshot stands for them, and "
        + $"{actor.GetType()} does not take any. Have it implement IRaftSnapshot<TState>, as the actors of the group do that took the "
        + "snapshot, or give it in RaftOptions.LastSerial the last pair that it has in a store of its own.");

    /// <summary>The Appends that have not ended.</summary>
    public OpenAppends Appends { get; } = new();

    /// <summary>Who waits for the outcome of a Query, by the number of its ref. Only the living actor touches it.</summary>
    public Dictionary<long, Question> Questions { get; } = [];

    /// <summary>Where it stands in its group. Written by the engine, read by the actor too.</summary>
    public ProcessView View
    {
        get => _view;
        set => _view = value;
    }

    /// <summary>Why this process takes no part any more; null as long as it does. Written by the engine, read by the actor too.</summary>
    public string? Fence
    {
        get => _fence;
        set => _fence = value;
    }

    /// <summary>What this process, as the leader, decided last about who is in the group, and why.</summary>
    public string? Decision
    {
        get => _decision;
        set => _decision = value;
    }

    /// <summary>Why the engine has stopped, where it was for its store. Written by the engine, read by the actor too.</summary>
    public string? Failure
    {
        get => _failure;
        set => _failure = value;
    }

    /// <summary>The engine has stopped for good, and the actor was told. For the living actor only.</summary>
    public bool HasEngineStopped { get; private set; }

    /// <summary>What becomes of an Append that the engine never sent, now that it has stopped.</summary>
    public CancelReason.NotCommitted EngineStopped => CancelReason.NotCommitted.OfStoppedEngine(Failure);

    /// <summary>The core of this process, for its engine. Made once, before there is an engine, so that a store that makes no sense is
    /// refused where the actor is started.</summary>
    /// <exception cref="StoreException">The store contradicts itself.</exception>
    public void MakeCore()
    {
        try
        {
            _core = new RaftCore(Settings.ToCoreOptions(Member, NewSeed()), _initial ?? throw new InvalidOperationException());
        }
        catch (RosterMismatchException e)
        {
            throw new StoreException($"Cannot start {Pid.Name} of group {Settings.Group}. {e.Message}", e);
        }
        catch (ArgumentException e) when (e.ParamName == "initial")
        {
            throw new StoreException(
                $"What {Pid.Name} of group {Settings.Group} finds in its store cannot be: {e.Message} Move the store's directory away "
                + "and start the process again: it rejoins its group by itself.",
                e);
        }

        _initial = null;
        _view = ProcessView.Of(_core, ProcessView.MembersOf(_core.Configuration));
    }

    /// <summary>What was made; it is the engine's alone.</summary>
    public RaftCore TakeCore() =>
        Interlocked.Exchange(ref _core, null) ?? throw new InvalidOperationException("A process has one engine, and one core.");

    /// <summary>What the actor has said and the engine has not read.</summary>
    public EngineInbox Inbox { get; } = new();

    /// <summary>
    /// Puts it into the inbox, where it stays until the engine has taken this life on and reads it. An Append is not lost with the life
    /// that made it. For the living actor only.
    /// </summary>
    public void Tell(ToEngine message, IActorRef actor, long life)
    {
        if (HasEngineStopped)
        {
            Cancel(message, actor, life);
            return;
        }

        Inbox.Add(message, life);
        if (_engine is ({ } engine, var taken) && taken == life && Inbox.TryAnnounce())
        {
            engine.Tell(ToEngine.ReadInbox.Instance, actor);
        }
    }

    /// <summary>The engine took a life of the actor on. Gets and queries of an earlier one have ended with it.</summary>
    public void MeetEngine(IActorRef engine, long life)
    {
        _engine = (engine, life);
        if (Inbox.TryAnnounce())
        {
            engine.Tell(ToEngine.ReadInbox.Instance, ActorRefs.NoSender);
        }
    }

    /// <summary>The engine has stopped for good. What it never read reached nobody, and ends.</summary>
    public void LoseEngine(IActorRef actor, long life)
    {
        HasEngineStopped = true;
        while (Inbox.TryTake(life, out var lost))
        {
            // Delivery itself ends the Gets and Queries of this life.
            if (lost is not (ToEngine.Get or ToEngine.Query))
            {
                Cancel(lost, actor, life);
            }
        }
    }

    /// <summary>The engine is gone for good. If the actor is gone too, nobody else ends the open Appends.</summary>
    public void OnEngineGone(IActorRef room)
    {
        if (Interlocked.Or(ref _gone, EngineGone) == ActorGone)
        {
            Appends.EndAll(EngineStopped, room);
        }
    }

    /// <summary>The actor is gone. If the engine is gone too, nobody else ends the open Appends.</summary>
    public void OnActorGone(IActorRef actor)
    {
        if (Interlocked.Or(ref _gone, ActorGone) == EngineGone)
        {
            Appends.EndAll(EngineStopped, actor);
        }
    }

    public RequestRef NewRequest() => ToRef(Interlocked.Increment(ref _requests));

    public RequestRef ToRef(long number) => new(Pid.Node, _printedLife, number);

    /// <summary>Who appended this pair, if this process did.</summary>
    public RequestRef? OwnRef(StoredPair pair) =>
        pair.Request is { } request && request.Origin == Member ? ToRef(request.Number) : null;

    public RequestId ToId(RequestRef request) => new(Member, request.Number);

    public long BeginLife() => Interlocked.Increment(ref _lives);

    /// <summary>An actor became this process.</summary>
    public void OnActorCame() => Interlocked.And(ref _gone, ~ActorGone);

    private void Cancel(ToEngine message, IActorRef actor, long life)
    {
        switch (message)
        {
            case ToEngine.Append append:
                actor.Tell(new ToActor.Cancelled(ToActor.AnyLife, append.Request, EngineStopped), actor);
                break;
            case ToEngine.Change change:
                change.ReplyTo?.Tell(new ChangeOutcome.Refused(change.Request, EngineStopped.Detail), actor);
                break;
            case ToEngine.Explain explain:
                explain.ReplyTo.Tell(new Explanation(explain.Request, EngineStopped.Detail), actor);
                break;
            case ToEngine.Get get:
                actor.Tell(new ToActor.Cancelled(life, get.Request, new CancelReason.Unavailable()), actor);
                break;
            case ToEngine.Query query:
                actor.Tell(new ToActor.Cancelled(life, query.Request, new CancelReason.Unavailable()), actor);
                break;
        }
    }

    // Drawn anew at each start, since the mark that tells this start from others comes from it.
    private static ulong NewSeed() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private static Serial CountPreloaded(InitialState state, LogSlice preload)
    {
        var count = 0;
        while (state.Base.Index == LogIndex.Zero
            && count < Math.Min(preload.Length, state.Log.Length)
            && state.Log[count].Payload is Payload.Pair found
            && preload[count].Payload is Payload.Pair brought
            && found.Request is null
            && found.Key == brought.Key
            && found.Value.Span.SequenceEqual(brought.Value.Span))
        {
            count++;
        }

        return new Serial(count);
    }

    // Core commits anew what comes after the snapshot. What comes before it and was not discarded can be served all the same.
    private void HoldCommitted(InitialState state)
    {
        if (state.Snapshot is not { Position: var position })
        {
            return;
        }

        var (start, count) = (state.Base, position.Index.Value - state.Base.Index.Value);
        Pairs.StartAfter(count <= state.Log.Length ? start : position);
        if (count <= state.Log.Length)
        {
            Pairs.Commit(state.Log.Take((int)count));
        }
    }

    /// <summary>What a Query asks, and who waits for the answer.</summary>
    public sealed record Question(RequestRef Request, object Asked, IActorRef? ReplyTo);
}
