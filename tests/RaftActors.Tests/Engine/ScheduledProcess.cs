using Akka.Actor;
using Akka.Configuration;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Engine.Requests;
using RaftActors.Settings;
using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

/// <summary>One process of an <see cref="AppendSchedule"/>: the real parts of its Appends over a log that the schedule writes.</summary>
internal sealed class ScheduledProcess
{
    public const int Count = 4;

    private static readonly RaftSettings[] Settings = [.. Enumerable.Range(1, Count).Select(SettingsOf)];

    private readonly List<LogEntry> _log = [];
    private readonly bool _judges;
    private long _life = 1;

    /// <param name="place">From 0; the last process is a learner.</param>
    /// <param name="step">Takes its proposals.</param>
    public ScheduledProcess(
        int place, IActorRef engine, IActorRef actor, ActorSystem system, bool judges, Action<ScheduledProcess, Input.Propose> step)
    {
        var settings = Settings[place];
        var (store, recovered) = HostedStore.Open(new ScriptedStore(), new StoreOwner(settings.Group, settings.Self), default);
        (Engine, Actor, _judges) = (engine, actor, judges);
        Process = new RaftProcess(settings, store, recovered, default, system.Scheduler);
        Context = new ScriptedContext(Process, engine, system, ActorRefs.Nobody)
        {
            HasBooted = true,
            Take = input => step(this, (Input.Propose)input),
            Lookup = Find,
        };
        Context.Attach(actor, _life, judgesProposals: judges);
    }

    public RaftProcess Process { get; }

    public IActorRef Engine { get; }

    public IActorRef Actor { get; }

    public EngineContext Context { get; }

    public PendingAppends Appends => Context.Appends;

    public LeaderProposals Proposals => Context.Proposals;

    /// <summary>The pairs that the actor has not judged yet.</summary>
    public Queue<ToActor.Judge> Judging { get; } = [];

    public IReadOnlyList<LogEntry> Log => _log;

    /// <summary>The number of entries committed here.</summary>
    public int Committed { get; private set; }

    /// <summary>The term that the process believes to lead; null: none.</summary>
    public Term? Leads { get; private set; }

    public static RequestId? RequestOf(LogEntry entry) => (entry.Payload as Payload.Pair)?.Request;

    public AnsweredRequest? Find(RequestId request, RequestKeyHash? key = null) => _log.Where(entry => RequestOf(entry) == request)
        .Select(entry => (AnsweredRequest?)new AnsweredRequest(request.Number, entry.Index, entry.Serial)).FirstOrDefault();

    public LogEntry Append(Payload payload)
    {
        var entry = new LogEntry(new LogIndex(_log.Count + 1), Leads!.Value, default, payload); // Justification: only leaders append.
        _log.Add(entry);
        return entry;
    }

    /// <summary>The process is elected with this log.</summary>
    public void Lead(Term term, IEnumerable<LogEntry> log)
    {
        LogEntry[] begins = [.. log];
        Hear(null, term);
        Leads = term;
        _log.Clear();
        _log.AddRange(begins);
        Append(Payload.NoOp.Instance);
        Hear(this, term);
    }

    /// <summary>The process learns the leader; null: there is none.</summary>
    public void Hear(ScheduledProcess? leader, Term term)
    {
        var before = Context.Leader;
        Leads = leader == this ? term : null;
        Context.Leader = leader is null ? null : new LeaderView(leader.Process.Member, term, default, leader == this, IsReady: true);
        if (before is { IsSelf: true } && leader != this)
        {
            Proposals.OnDeposed();
        }

        Appends.SendWaiting();
    }

    public void Commit(IReadOnlyList<LogEntry> committed, int end)
    {
        Overwrite(committed, end);
        for (; Committed < end; Committed++)
        {
            Context.Commit = committed[Committed].Index;
            Appends.OnCommitted(committed[Committed]);
        }

        Appends.SendWaiting();
        Proposals.OnCommitted();
    }

    /// <summary>A snapshot of all committed entries is installed.</summary>
    public void Install(IReadOnlyList<LogEntry> committed)
    {
        Overwrite(committed, committed.Count);
        Committed = committed.Count;
        Context.Commit = new LogIndex(Committed);
        Appends.OnInstalled(new LogPosition(Context.Commit, committed[^1].Term, committed[^1].Serial, 0));
        Proposals.OnCommitted();
    }

    /// <summary>The actor stops, and another one starts.</summary>
    public void ReplaceActor()
    {
        Judging.Clear();
        Context.Detach();
        Proposals.RefuseAll();
        Context.Attach(Actor, ++_life, judgesProposals: _judges);
        Proposals.ShowAll();
    }

    public void Judge(string? fault) => Proposals.OnJudged(new ToEngine.Judged(Judging.Dequeue().Request, fault));

    public void TakeTurn() => Proposals.OnTurn();

    public void Tick()
    {
        Context.Now++;
        Proposals.OnTick();
        Appends.OnTick();
    }

    public void Take(WireMessage message, IActorRef sender)
    {
        switch (message)
        {
            case WireMessage.AppendRequest request:
                Proposals.Submit(request, sender);
                break;
            case AppendReply reply:
                Appends.Receive(reply);
                break;
        }
    }

    private static RaftSettings SettingsOf(int number)
    {
        var config = ConfigurationFactory.ParseString(Bench.Settings.Replace("raft.node = \"node1\"", $"raft.node = \"node{number}\""));
        return RaftSettings.Read(config.WithFallback(Raft.DefaultConfig()), new RaftOptions<string>(), $"raft{number}", null);
    }

    // Overwrites the uncommitted entries of a former leader.
    private void Overwrite(IReadOnlyList<LogEntry> committed, int end)
    {
        var same = Committed;
        while (same < end && same < _log.Count && _log[same] == committed[same])
        {
            same++;
        }

        if (same < end)
        {
            _log.RemoveRange(same, _log.Count - same);
            _log.AddRange(committed.Skip(same).Take(end - same));
        }
    }
}
