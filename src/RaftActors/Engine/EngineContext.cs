using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine.Requests;
using RaftActors.Network;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The state of one engine and its parts, which reach each other through it. A method that passes an event to several parts keeps the
/// invariant that a part sees the event after the parts whose result it needs. For the engine's thread only. Tests override
/// <see cref="Step"/> and <see cref="Find"/>, to see what a part gives to Core.
/// </summary>
internal class EngineContext
{
    private readonly Queue<Input> _inputs = [];
    private readonly EngineEffects _effects;
    private readonly ITimeProvider _time;
    private readonly EventStream _events;
    private bool _isStepping;

    public EngineContext(
        RaftProcess process,
        RaftCore core,
        IActorRef self,
        ActorSystem system,
        EngineActors actors,
        ILoggingAdapter log)
    {
        (Process, Core, Self, Network, Registry) = (process, core, self, NodeNetwork.Of(system), actors.Registry);
        (PageReader, Log, _time, _events) = (actors.Pages, log, system.Scheduler, system.EventStream);
        Peers = new PeerBook(process);
        Outbox = new Outbox(self);
        Traces = new AppendTraces(process.Telemetry.Tags, process.Telemetry.ApplySpans);
        Commit = core.CommitIndex;
        if (core.CommittedConfiguration is var (index, configuration))
        {
            CommitConfiguration(index, configuration);
        }

        Appends = new OwnAppends(this);
        Proposals = new LeaderProposals(this);
        Reads = new StoreReads(isReading => Step(new Input.StoreReads(isReading)));
        Pairs = new PairReads(process.Pairs, actors.Pairs, self, Reads);
        Gets = new OwnGets(this);
        ServedGets = new ServedGets(this);
        Queries = new PendingQueries(this);
        Changes = new PendingChanges(this);
        LeaderChanges = new LeaderChanges(this);
        Backups = new ServedBackups(this, actors.Backups);
        Clients = new ClientRequests(this);
        Notices = new ActorNotices(this);
        Views = new GroupViews(this);
        Events = new EventPublishing(this);
        Twins = new TwinProcesses(this);
        PeerMessages = new PeerMessages(this);
        Store = new StoreWriting(this);
        Commits = new Committing(this);
        Snapshots = new SnapshotTaking(this);
        SnapshotCalls = new SnapshotCalls(this);
        Stopping = new StopPreparation(this);
        Hold = new ActorHold(this);
        _effects = new EngineEffects(this);
    }

    public RaftProcess Process { get; }

    public RaftCore Core { get; }

    public IActorRef Self { get; }

    public NodeNetwork Network { get; }

    public IActorRef Registry { get; }

    public IActorRef PageReader { get; }

    public ILoggingAdapter Log { get; }

    public PeerBook Peers { get; }

    public Outbox Outbox { get; }

    public AppendTraces Traces { get; }

    public OwnAppends Appends { get; }

    public LeaderProposals Proposals { get; }

    public StoreReads Reads { get; }

    public PairReads Pairs { get; }

    public OwnGets Gets { get; }

    public ServedGets ServedGets { get; }

    public PendingQueries Queries { get; }

    public PendingChanges Changes { get; }

    public LeaderChanges LeaderChanges { get; }

    public ServedBackups Backups { get; }

    public ClientRequests Clients { get; }

    public ActorNotices Notices { get; }

    public GroupViews Views { get; }

    public EventPublishing Events { get; }

    public TwinProcesses Twins { get; }

    public PeerMessages PeerMessages { get; }

    public StoreWriting Store { get; }

    public Committing Commits { get; }

    public SnapshotTaking Snapshots { get; }

    public SnapshotCalls SnapshotCalls { get; }

    public StopPreparation Stopping { get; }

    public ActorHold Hold { get; }

    /// <summary>As Core last said.</summary>
    public QuorumView? Quorum { get; set; }

    /// <summary>As Core last said.</summary>
    public LeaderView? Leader { get; set; }

    /// <summary>The commit index.</summary>
    public LogIndex Commit { get; set; }

    /// <summary>The index of the latest committed configuration, or 0.</summary>
    public LogIndex ConfigurationIndex { get; private set; }

    /// <summary>The latest committed configuration; null: none is known to be committed.</summary>
    public Configuration? Configuration { get; private set; }

    /// <summary>The last serial in this process's log, committed or not.</summary>
    public Serial LogSerial { get; set; }

    /// <summary>Ticks since the engine started.</summary>
    public long Now { get; set; }

    /// <summary>The number of the actor's present life. Messages to the actor carry it.</summary>
    public long Life { get; private set; }

    /// <summary>The questions of clients that the present life has not taken.</summary>
    public UntakenQuestions Untaken { get; private set; } = new();

    /// <summary>This boot is durable. Requests wait for it: after a crash the next boot might use their numbers again.</summary>
    public bool HasBooted { get; set; }

    public bool HasActor => Actor is not null;

    /// <summary>This process's actor; null: it has none now.</summary>
    public IActorRef? Actor { get; private set; }

    /// <summary>The actor, if there is one, implements IRaftSnapshot.</summary>
    public bool TakesSnapshots { get; private set; }

    /// <summary>The actor overrides HandleProposal. Otherwise it would accept every pair, so it is not asked.</summary>
    public bool JudgesProposals { get; private set; }

    /// <summary>The present life fetches pairs up to this serial from this process's own log, not from other processes.</summary>
    public Serial Own { get; private set; }

    /// <summary>No request is open, so a tick has little to do.</summary>
    public bool IsIdle => Appends.Count + Proposals.Count + Queries.Count + Gets.Count == 0;

    /// <summary>No part waits for a tick.</summary>
    public bool IsAtRest =>
        IsIdle && Changes.Count + ServedGets.Count + SnapshotCalls.Count == 0 && !Stopping.NeedsTicks && !Clients.HasWaiting;

    /// <summary>
    /// Gives Core an input, and carries out its effects. An effect may cause a further input: a write may be durable at once. Invariant:
    /// that input waits until the present effects are carried out.
    /// </summary>
    public virtual void Step(Input input)
    {
        _inputs.Enqueue(input);
        if (_isStepping)
        {
            return;
        }

        _isStepping = true;
        while (_inputs.TryDequeue(out var next))
        {
            // Invariant: the clock is read after the input was taken. A lease that holds at this time held after the query was asked.
            var now = new Instant(_time.HighResMonotonicClock.Ticks / TimeSpan.TicksPerMicrosecond);
            if (next is Input.Persisted persisted)
            {
                Store.OnPersisted(persisted.Ticket);
            }

            var effects = Core.Step(next, now);
            LogSerial = Core.LastPosition.Serial;
            _effects.CarryOut(effects);
            Process.Pairs.EvictTo(Core.Floor.Serial); // They leave the memory together with Core's entries.
            Process.Store.NoteCommitted(Core.CommittedInStore);
        }

        _isStepping = false;
    }

    /// <summary>
    /// The place at which the log of this process has a request or its key; null: not known. A process that does not lead knows of
    /// committed pairs only.
    /// </summary>
    public virtual AnsweredRequest? Find(RequestId request, RequestKeyHash? key) => Core.Find(request, key);

    public void Attach(IActorRef actor, long life, bool takesSnapshots = false, bool judgesProposals = false)
    {
        var (found, committed) = (Process.Found, Process.Pairs.CommittedSerial);
        Own = found > committed ? found : committed;
        Actor = actor;
        Life = life;
        Untaken = new UntakenQuestions();
        TakesSnapshots = takesSnapshots;
        JudgesProposals = judgesProposals;
    }

    public void Detach()
    {
        Actor = null;
        Process.Appends.EndNoted(Self);
    }

    /// <summary>A configuration is committed here, as an entry or in a snapshot.</summary>
    public void CommitConfiguration(LogIndex index, Configuration configuration) =>
        (ConfigurationIndex, Configuration) = (index, configuration);

    /// <summary>Sends a message to the actor, if there is one. The next life gets the news at its start.</summary>
    public void TellActor(ToActor message) => Actor?.Tell(message, Self);

    /// <summary>
    /// An Append failed. The actor tells the asker of its own Append. Without an actor, and for the Append of a client, the asker is told
    /// here.
    /// </summary>
    public void CancelAppend(RequestRef own, CancelReason reason)
    {
        Process.Appends.NoteCancelled(own, reason);
        var isOwn = Process.IsOwn(own);
        if (Actor is null || !isOwn)
        {
            Process.Appends.Cancel(own, reason, Self);
        }

        if (isOwn)
        {
            TellActor(new ToActor.Cancelled(ToActor.AnyLife, own, reason));
        }
    }

    /// <summary>
    /// The pair of an Append, or another one with its request key, was appended before. The actor ends the Append when that pair is
    /// delivered, or was before.
    /// </summary>
    public void EndRepeated(RequestRef request, Serial serial)
    {
        NoteCommitted(request, serial);
        TellActor(new ToActor.Repeated(Life, request, serial));
    }

    /// <summary>The pair of an Append of this process, or of a client, is committed. Call it before the actor is told.</summary>
    public void NoteCommitted(RequestRef own, Serial serial)
    {
        Process.Appends.NoteCommitted(own, serial);
        if (Actor is null)
        {
            Process.Appends.Complete(own, serial, Self, kept: null);
        }
        else if (Hold.HoldsBack(serial))
        {
            CancelAppend(own, ActorHold.Unapplied);
        }
    }

    /// <summary>Sends a message to another engine at the end of the turn. A message to this engine is received at once.</summary>
    public void Send(IActorRef engine, WireMessage message)
    {
        if (engine == Self)
        {
            Receive(message, Self);
        }
        else
        {
            Outbox.Send(engine, message is WireMessage.AppendRequest append ? Traces.Attach(append) : message);
        }
    }

    /// <summary>Passes a message of an engine or a client to its part. False: no part takes it.</summary>
    public bool Receive(WireMessage message, IActorRef sender)
    {
        switch (message)
        {
            case WireMessage.Traced traced:
                Traces.Receive(traced);
                return Receive(traced.Inner, sender);
            case WireMessage.CoreMessage core:
                PeerMessages.Receive(core, sender);
                return true;
            case WireMessage.AppendRequest append:
                Proposals.Submit(append, sender);
                return true;
            case AppendReply reply when reply.Request.Origin == Process.Member:
                Appends.Receive(reply);
                return true;
            case AppendReply reply:
                Clients.Receive(reply);
                return true;
            case WireMessage.GetRequest get:
                ServedGets.Submit(get, sender);
                return true;
            case GetReply reply:
                Gets.Receive(reply, sender);
                return true;
            case WireMessage.ChangeRequest change:
                LeaderChanges.Submit(change, sender);
                return true;
            case ChangeReply reply:
                Changes.Receive(reply);
                return true;
            case WireMessage.ActorAt actor:
                PeerMessages.Receive(actor, sender);
                return true;
            case WireMessage.Leaving leaving:
                Stopping.Receive(leaving, sender);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Logs an event and publishes it on the event stream.</summary>
    public void Publish(RaftEvent told)
    {
        EventLog.Write(Log, told);
        _events.Publish(told);
    }

    public long DeadlineAfter(TimeSpan time) => Now + Process.Settings.Timing.ToTicks(time);

    /// <summary>An engine that takes requests may have come into sight, so requests that wait for one are sent.</summary>
    public void OnServerInSight()
    {
        Appends.SendWaiting();
        Changes.SendWaiting();
        Gets.AskWaiting();
    }

    /// <summary>Core has taken the tick.</summary>
    public void OnTick()
    {
        Proposals.OnTick();
        Appends.OnTick();
        Changes.OnTick();
        Queries.OnTick();
        Gets.OnTick();
        ServedGets.OnTick();
        Stopping.OnTick();
        Clients.OnTick();
        SnapshotCalls.OnTick();
        Snapshots.OnTick();
    }

    /// <summary>A life of the actor has ended, and with it all that only this life waits for.</summary>
    public void OnLifeEnded()
    {
        Notices.Forget();
        Gets.Forget();
        Queries.Forget();
        Snapshots.OnLifeEnded();
        SnapshotCalls.OnLifeEnded();
        ServedGets.RefuseAll();
    }

    /// <summary>The engine has stopped.</summary>
    public void OnStopped()
    {
        Notices.OnStopped();
        Clients.OnStopped();
        Appends.OnStopped();
        Queries.OnStopped();
        Changes.OnStopped();
        Snapshots.OnStopped();
        SnapshotCalls.OnStopped();
        Traces.OnStopped();
    }
}

/// <summary>The actors that an engine needs. All but the first are children that read its store.</summary>
/// <param name="Registry">Introduces the engine to those of other processes.</param>
/// <param name="Pages">The <see cref="PageReader"/>.</param>
/// <param name="Pairs">The <see cref="PairReader"/>.</param>
/// <param name="Backups">The <see cref="BackupServer"/>, which begins with the first backup: most processes never give one.</param>
internal sealed record EngineActors(IActorRef Registry, IActorRef Pages, IActorRef Pairs, Lazy<IActorRef> Backups);
