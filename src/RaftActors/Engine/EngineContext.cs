using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Network;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The facts that the parts of one engine share, and the calls that lead out of a part: to Core, to other processes, to the actor and to
/// people. No part reaches another one by it. For the engine's thread only.
/// </summary>
internal sealed class EngineContext
{
    private readonly IEngineHost _host;
    private readonly EventStream _events;

    /// <param name="registry">Introduces the engine to those of other processes.</param>
    public EngineContext(
        RaftProcess process, IEngineHost host, IActorRef self, IActorRef registry, ActorSystem system, ILoggingAdapter log)
    {
        (Process, Core, _host, Self, Registry, Log) = (process, process.TakeCore(), host, self, registry, log);
        (Network, _events) = (NodeNetwork.Of(system), system.EventStream);
        Peers = new PeerBook(process);
        Outbox = new Outbox(self);
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

    public Outbox Outbox { get; }

    /// <summary>As Core last said.</summary>
    public QuorumView? Quorum { get; set; }

    /// <summary>As Core last said.</summary>
    public LeaderView? Leader { get; set; }

    public bool Leads => Leader is { IsSelf: true };

    /// <summary>The commit index.</summary>
    public LogIndex Commit { get; set; }

    /// <summary>The index of the latest committed configuration, or 0.</summary>
    public LogIndex ConfigurationIndex { get; private set; }

    /// <summary>The latest committed configuration; null: none is known to be committed.</summary>
    public Configuration? Configuration { get; private set; }

    /// <summary>Ticks since the engine started.</summary>
    public long Now { get; set; }

    /// <summary>The number of the actor's present life. Messages to the actor carry it.</summary>
    public long Life { get; private set; }

    /// <summary>The questions of clients that the present life has not taken.</summary>
    public UntakenQuestions Untaken { get; private set; } = new();

    /// <summary>This boot is durable. Requests wait for it: after a crash the next boot might use their numbers again.</summary>
    public bool HasBooted { get; set; }

    /// <summary>The node is about to stop, so the process takes no new Appends.</summary>
    public bool IsStopping { get; set; }

    public bool HasActor => Actor is not null;

    /// <summary>This process's actor; null: it has none now.</summary>
    public IActorRef? Actor { get; private set; }

    /// <summary>The actor, if there is one, implements IRaftSnapshot.</summary>
    public bool TakesSnapshots { get; private set; }

    /// <summary>The actor overrides HandleProposal. Otherwise it would accept every pair, so it is not asked.</summary>
    public bool ValidatesProposals { get; private set; }

    /// <summary>The present life fetches pairs up to this serial from this process's own log, not from other processes.</summary>
    public Serial Own { get; private set; }

    public void Attach(IActorRef actor, long life, bool takesSnapshots = false, bool validatesProposals = false)
    {
        var (found, committed) = (Process.Found, Process.Pairs.CommittedSerial);
        Own = found > committed ? found : committed;
        Actor = actor;
        Life = life;
        Untaken = new UntakenQuestions();
        TakesSnapshots = takesSnapshots;
        ValidatesProposals = validatesProposals;
    }

    public void Detach()
    {
        Actor = null;
        Process.Appends.EndNoted(Self);
    }

    /// <summary>A configuration is committed here, as an entry or in a snapshot.</summary>
    public void CommitConfiguration(LogIndex index, Configuration configuration) =>
        (ConfigurationIndex, Configuration) = (index, configuration);

    /// <inheritdoc cref="IEngineHost.Step"/>
    public void Step(Input input) => _host.Step(input);

    /// <summary>Sends a message to another engine at the end of the turn. A message to this engine is received at once.</summary>
    public void Send(IActorRef engine, WireMessage message)
    {
        if (engine == Self)
        {
            _host.Receive(message);
        }
        else
        {
            Outbox.Send(engine, message);
        }
    }

    /// <summary>The engine of the leader, to send requests to; null: there is none yet.</summary>
    public LeaderRoute? FindLeader()
    {
        if (!HasBooted || Leader is not { } leader)
        {
            return null;
        }

        var engine = leader.IsSelf ? Self : Peers.FindServing(leader.Leader.Name);
        return engine is null ? null : new LeaderRoute(engine, leader.Term);
    }

    /// <summary>Sends a message to the actor, if there is one. The next life gets the news at its start.</summary>
    public void TellActor(ToActor message) => Actor?.Tell(message, Self);

    /// <summary>
    /// Tells a client that this process cannot answer now. An answer without content would make the client ask again at once. A declined
    /// one tries another process, and then waits.
    /// </summary>
    /// <param name="why">A sentence without its period.</param>
    public void Decline(ICanTell client, string why) => client.Tell(new ClientReply.Declined($"{why}."), Self);

    /// <summary>
    /// Why the Append of an actor or a client is not taken; null: it may be. A held actor could tell no result of it. But a repeat must not
    /// hear that its pair is not committed while the log has it.
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

    /// <summary>Logs an event and publishes it on the event stream.</summary>
    public void Publish(RaftEvent told)
    {
        EventLog.Write(Log, told);
        _events.Publish(told);
    }

    public long DeadlineAfter(TimeSpan time) => Now + Process.Settings.Timing.ToTicks(time);
}

/// <summary>The engine of the leader of a term.</summary>
internal readonly record struct LeaderRoute(IActorRef Engine, Term Term);
