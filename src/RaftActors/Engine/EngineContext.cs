using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>The state that the desks of one engine share. For the engine's thread only.</summary>
internal sealed class EngineContext(RaftProcess process, IActorRef self)
{
    public RaftProcess Process { get; } = process;

    public IActorRef Self { get; } = self;

    public PeerBook Peers { get; } = new(process);

    public Outbox Outbox { get; } = new(self, process.Settings.Limits.PairSizeMaxBytes);

    public TraceDesk Traces { get; } = new(process.Telemetry.Tags, process.Telemetry.ApplySpans);

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

    public void Attach(IActorRef actor, long life, bool takesSnapshots = false, bool judgesProposals = false)
    {
        var (found, committed) = (Process.Found, Process.Pairs.CommittedSerial);
        Own = found > committed ? found : committed;
        Actor = actor;
        Life = life;
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
    }

    /// <summary>Sends a message to another engine, or to this one, at the end of the turn.</summary>
    public void Send(IActorRef engine, WireMessage message) => Outbox.Send(engine, message);

    public long DeadlineAfter(TimeSpan time) => Now + Process.Settings.Timing.ToTicks(time);
}
