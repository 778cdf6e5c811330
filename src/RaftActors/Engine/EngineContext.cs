using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The facts that the parts of one engine share, and their calls to Core, to other processes, to the actor and to the log. A part that
/// needs another one has it from its constructor. For the engine's thread only.
/// </summary>
internal sealed class EngineContext
{
    private const int EventsMax = 50;

    private readonly Queue<(DateTimeOffset At, RaftEvent What)> _latest = new();
    private readonly Action<Input> _step;
    private readonly EventStream _events;

    /// <param name="step">Gives Core an input.</param>
    public EngineContext(
        RaftProcess process,
        Action<Input> step,
        IActorRef self,
        IActorRef registry,
        ActorSystem system,
        ILoggingAdapter log)
    {
        (Process, Core, _step, Self, Registry, Log) = (process, process.TakeCore(), step, self, registry, log);
        (Network, _events) = (NodeNetwork.Of(system), system.EventStream);
        Peers = new PeerBook(process);
        Untaken = NewUntaken();
        Commit = Core.CommitIndex;
        if (Core.CommittedConfiguration is var (index, configuration))
        {
            CommitConfiguration(index, configuration);
        }
    }

    public RaftProcess Process { get; }

    public RaftCore Core { get; }

    public IActorRef Self { get; }

    public IActorRef Registry { get; }

    public NodeNetwork Network { get; }

    public ILoggingAdapter Log { get; }

    public PeerBook Peers { get; }

    public QuorumView? Quorum { get; set; }

    public LeaderView? Leader { get; set; }

    public bool Leads => Leader is { IsSelf: true };

    public LogIndex Commit { get; set; }

    /// <summary>The index of the latest committed configuration, or 0.</summary>
    public LogIndex ConfigurationIndex { get; private set; }

    /// <summary>The latest configuration that is known to be committed.</summary>
    public Configuration? Configuration { get; private set; }

    /// <summary>Ticks since the engine started.</summary>
    public long Now { get; set; }

    /// <summary>The number of the actor's current life, which is in each message to the actor.</summary>
    public long Life { get; private set; }

    /// <summary>
    /// The questions of clients on their way to the current life, so that those to a slow actor do not fill the memory.
    /// </summary>
    public Backlog Untaken { get; private set; }

    /// <summary>True once this boot is durable. Otherwise the next boot could use the numbers of requests again, so these wait.</summary>
    public bool HasBooted { get; set; }

    /// <summary>True after the node has begun to stop, so the process takes no new Appends.</summary>
    public bool IsStopping { get; set; }

    public bool HasActor => Actor is not null;

    /// <summary>This process's actor, if it has one now.</summary>
    public IActorRef? Actor { get; private set; }

    /// <summary>True if the actor implements IRaftSnapshot.</summary>
    public bool TakesSnapshots { get; private set; }

    /// <summary>True if the actor overrides HandleProposal. Other actors accept every pair, so the engine does not ask them.</summary>
    public bool ValidatesProposals { get; private set; }

    /// <summary>The current life fetches pairs up to this serial from this process's own log, and not from other processes.</summary>
    public Serial Own { get; private set; }

    public void Attach(IActorRef actor, long life, bool takesSnapshots = false, bool validatesProposals = false)
    {
        var (found, committed) = (Process.Found, Process.Pairs.CommittedSerial);
        Own = found > committed ? found : committed;
        Actor = actor;
        Life = life;
        Untaken = NewUntaken();
        TakesSnapshots = takesSnapshots;
        ValidatesProposals = validatesProposals;
    }

    public void Detach()
    {
        Actor = null;
        Process.Appends.EndNoted(Self);
    }

    /// <summary>Notes a committed configuration, of an entry or a snapshot.</summary>
    public void CommitConfiguration(LogIndex index, Configuration configuration) =>
        (ConfigurationIndex, Configuration) = (index, configuration);

    /// <summary>
    /// Gives Core an input, and carries out its effects. Invariant: if an effect causes a further input, such as a write that is durable at
    /// once, that input waits until the current effects are carried out.
    /// </summary>
    public void Step(Input input) => _step(input);

    /// <summary>Sends a message to another engine at the end of the turn.</summary>
    public void Send(IActorRef engine, WireMessage message) => engine.Tell(message, Self);

    /// <summary>The engine to which requests to the leader go, or null if they cannot be sent now.</summary>
    public LeaderRoute? FindLeader()
    {
        if (!HasBooted || Leader is not { } leader)
        {
            return null;
        }

        var engine = leader.IsSelf ? Self : Peers.FindServing(leader.Leader.Name);
        var connection = (engine as ConnectionRef)?.Connection;
        return engine is null ? null : new LeaderRoute(engine, leader.Term, connection, connection?.Losses ?? 0);
    }

    /// <summary>
    /// Passes a call on to the leader, for a client that may not reach it. The answer goes through the connection of this node, and this
    /// process keeps no state for it. Returns false if it cannot.
    /// </summary>
    public bool TryPassOn(ClientCall call, ICanTell client)
    {
        if (client is RemoteCaller remote
            && Leader is { } leader
            && Peers.FindServing(leader.Leader.Name) is ConnectionRef { Connection: var connection } engine
            && Network.Calls.TryForward(remote, new CallTarget(Process.Settings.Group, leader.Leader.Name), call, connection.Level)
                is { } forwarded)
        {
            Send(engine, forwarded);
            return true;
        }

        return false;
    }

    /// <summary>The address of the node of an engine.</summary>
    public Address NodeOf(IActorRef? engine) =>
        engine?.Path.Address is { HasGlobalScope: true } address ? address : Network.Address;

    /// <summary>Sends a message to the actor, if there is one. A later life gets the news at its start.</summary>
    public void TellActor(ToActor message) => Actor?.Tell(message, Self);

    /// <summary>
    /// Tells a client that this process cannot answer now. The client then asks another process, and waits before it asks again. After an
    /// answer without content it would ask again at once.
    /// </summary>
    /// <param name="why">A sentence without its period.</param>
    public void Decline(ICanTell client, string why) => client.Tell(new ClientReply.Declined($"{why}."), Self);

    /// <summary>
    /// Says why the process does not take an Append, or returns null. A held actor would not give its result. Even then a repeat is taken,
    /// because it must not end as not committed while its pair is in the log.
    /// </summary>
    public RaftFailure? FindObstacle(RequestId request, RequestKeyHash? key) =>
        IsStopping ? StopPreparation.NodeStops
        : Process.Tries.HeldAt is { } held && Core.Find(request, key) is null
            ? RaftFailure.NotDone(FailureReason.Stopped, $"{Process.Name} takes no pairs: {held} Append the pair on another node.")
        : null;

    /// <summary>
    /// Ends an Append that failed. The actor passes the failure of its own Append to the caller. Without an actor, or for a client, this
    /// call does it.
    /// </summary>
    public void CancelAppend(RequestRef own, RaftFailure reason)
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
    /// Ends an Append whose pair, or another pair with its request key, is committed under this serial. The actor does it once it has
    /// received that pair.
    /// </summary>
    public void EndRepeated(RequestRef request, Serial serial)
    {
        NoteCommitted(request, serial);
        TellActor(new ToActor.Repeated(Life, request, serial));
    }

    /// <summary>Notes that the pair of an Append of this process, or of a client, is committed, before the actor learns of it.</summary>
    public void NoteCommitted(RequestRef own, Serial serial)
    {
        Process.Appends.NoteCommitted(own, serial);
        if (Actor is null)
        {
            Process.Appends.Complete(own, serial, Self, kept: null);
        }
        else if (Process.Tries.HoldsBack(serial))
        {
            CancelAppend(own, ActorHold.Unapplied);
        }
    }

    /// <summary>
    /// Logs an event, remembers it and publishes it on the event stream. The log entry has the event as its last argument, which the text
    /// does not show, so that a program that handles the events can leave these entries out.
    /// </summary>
    public void Publish(RaftEvent told)
    {
        if (told.Text is { Level: { } level } text)
        {
            Log.Log(level, "{Process} of group {Group}: " + text.Template, [told.Process, told.Group, .. text.Values, told]);
        }

        if (_latest.Count == EventsMax)
        {
            _latest.Dequeue();
        }

        _latest.Enqueue((Machine.Current.Time.GetUtcNow(), told));
        _events.Publish(told);
    }

    public ClientReply.Events DescribeEvents() => new([.. _latest.Select(each => (each.At, each.What.Detail))]);

    private Backlog NewUntaken() => new(OpenQueries.MaxOfClients, Process.Settings.Limits.UncommittedSizeMaxBytes);

    public long DeadlineAfter(TimeSpan time) => Now + Process.Settings.Timing.ToTicks(time);
}

/// <summary>
/// The engine of the leader of a term, and the connection to it, or null on this node. After each loss of the connection it is another
/// route, because requests on their way may be lost.
/// </summary>
internal readonly record struct LeaderRoute(IActorRef Engine, Term Term, IConnection? Connection, long Losses);
