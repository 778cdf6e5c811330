using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>What the parts of one engine share. Only the engine's own thread touches it.</summary>
internal sealed class EngineContext(RaftProcess process, IActorRef self)
{
    private IActorRef? _actor;

    public RaftProcess Process { get; } = process;

    public IActorRef Self { get; } = self;

    public PeerBook Peers { get; } = new(process);

    public Outbox Outbox { get; } = new(self, process.Settings.PairSizeMaxBytes);

    /// <summary>As Core last said.</summary>
    public QuorumView? Quorum { get; set; }

    /// <summary>As Core last said.</summary>
    public LeaderView? Leader { get; set; }

    /// <summary>Up to here the log is committed, and its pairs are on their way to the actor.</summary>
    public LogIndex Commit { get; set; }

    /// <summary>The index of the latest committed configuration, or 0.</summary>
    public LogIndex ConfigurationIndex { get; private set; }

    /// <summary>The latest committed configuration; null if none is known to be committed.</summary>
    public Configuration? Configuration { get; private set; }

    /// <summary>The last serial in this process's log, committed or not.</summary>
    public Serial LogSerial { get; set; }

    /// <summary>Ticks since the engine started.</summary>
    public long Now { get; set; }

    /// <summary>The life that the actor is in; what is told to it bears this number.</summary>
    public long Life { get; private set; }

    /// <summary>This start is on disk. Nothing that bears a number of it goes out before: the next one might give it too.</summary>
    public bool HasBooted { get; set; }

    public bool HasActor => _actor is not null;

    /// <summary>The actor there is, if there is one, gives and takes its state.</summary>
    public bool TakesSnapshots { get; private set; }

    /// <summary>The actor overrides HandleProposal. One that does not would accept every pair, so it is not asked.</summary>
    public bool JudgesProposals { get; private set; }

    /// <summary>Up to here the life that the actor is in fetches nothing from others: it is, or was, in this process's own log.</summary>
    public Serial Own { get; private set; }

    public void Attach(IActorRef actor, long life, bool takesSnapshots = false, bool judgesProposals = false)
    {
        var (found, committed) = (Process.Found, Process.Pairs.CommittedSerial);
        Own = found > committed ? found : committed;
        _actor = actor;
        Life = life;
        TakesSnapshots = takesSnapshots;
        JudgesProposals = judgesProposals;
    }

    public void Detach()
    {
        _actor = null;
        Process.Appends.EndNoted(Self);
    }

    /// <summary>A configuration is committed here, by itself or in a snapshot.</summary>
    public void CommitConfiguration(LogIndex index, Configuration configuration) =>
        (ConfigurationIndex, Configuration) = (index, configuration);

    /// <summary>
    /// Without an actor only the end of an Append matters, and its asker is told here; the next life is told everything else anew.
    /// </summary>
    public void TellActor(ToActor message)
    {
        if (message is ToActor.Cancelled { Life: ToActor.AnyLife, Request: var own } cancelled)
        {
            Process.Appends.NoteCancelled(own, cancelled.Reason);
            if (_actor is null)
            {
                Process.Appends.End(own, new AppendOutcome.Cancelled(own, cancelled.Reason), Self);
            }
        }

        _actor?.Tell(message, Self);
    }

    /// <summary>The pair of an Append of this process is committed. Call it before the actor is told.</summary>
    public void NoteCommitted(RequestRef own, Serial serial)
    {
        Process.Appends.NoteCommitted(own, serial);
        if (_actor is null)
        {
            Process.Appends.End(own, new AppendOutcome.Done(own, serial, null), Self);
        }
    }

    /// <summary>To another engine, or to this one itself, at the end of the turn.</summary>
    public void Send(IActorRef engine, WireMessage message) => Outbox.Send(engine, message);

    public long DeadlineAfter(TimeSpan time) => Now + Process.Settings.ToTicks(time);
}
