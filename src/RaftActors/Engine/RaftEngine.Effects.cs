using System.Diagnostics;

using Akka.Event;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

// Carries out the effects of Core: one case for each, in the order given.
internal sealed partial class RaftEngine
{
    // An effect may cause a further input: a write may be durable at once. That input waits until the present effects are carried out.
    private void Step(Input input)
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
            var now = new Instant(Context.System.Scheduler.MonotonicClock.Ticks / TimeSpan.TicksPerMicrosecond);
            if (next is Input.Persisted persisted)
            {
                OnPersisted(persisted.Ticket);
            }

            var effects = _core.Step(next, now);
            _context.LogSerial = _core.LastPosition.Serial;
            _events.OnStepped();
            TellNames();
            foreach (var effect in effects)
            {
                CarryOut(effect);
            }
        }

        _isStepping = false;
    }

    private void CarryOut(Effect effect)
    {
        switch (effect)
        {
            case Effect.Send send:
                AddressOf(send.Envelope.To.Name)?.Tell(new WireMessage.CoreMessage(_process.Pid.Number, send.Envelope), Self);
                break;
            case Effect.SendChunk send:
                SendChunk(send);
                break;
            case Effect.Write write:
                Write(write);
                break;
            case Effect.Commit commit:
                OnCommit(commit);
                break;
            case Effect.Accepted accepted:
                _proposals.OnAccepted(accepted);
                break;
            case Effect.Rejected rejected:
                _proposals.OnRejected(rejected);
                break;
            case Effect.Repeated repeated:
                _proposals.OnRepeated(repeated);
                break;
            default:
                CarryOutOther(effect);
                break;
        }
    }

    private void CarryOutOther(Effect effect)
    {
        switch (effect)
        {
            case Effect.ReadReady ready:
                _queries.OnReady(ready);
                break;
            case Effect.ReadFailed failed:
                _queries.OnFailed(failed);
                break;
            case Effect.TransferEnded ended:
                OnTransferEnded(ended);
                break;
            case Effect.MembersAccepted accepted:
                _leading.OnAccepted(accepted, _core.Term);
                break;
            case Effect.MembersRefused refused:
                _leading.OnRefused(refused);
                break;
            case Effect.MembersDecided decided:
                var decision = $"{decided.Configuration}, since {decided.Reason}";
                _process.View = _process.View with { Decision = decision };
                _log.Info("{0} decided: {1}", _process.Pid.Name, decision);
                break;
            case Effect.PeerMet met:
                _met[met.Peer.Name] = met.Serial;
                TellMet(met.Peer.Name, met.Serial);
                break;
            case Effect.QuorumChanged changed:
                OnQuorumChanged(changed.Quorum);
                break;
            case Effect.LeaderChanged changed:
                OnLeaderChanged(changed.Leader);
                break;
            case Effect.Refused refused:
                OnRefused(refused);
                break;
            case Effect.Fenced fenced:
                _process.View = _process.View with { Fence = fenced.Detail };
                _log.Error(
                    "{0} is fenced and takes no part in its group until it restarts with an empty store: {1}.",
                    _process.Pid.Name,
                    fenced.Detail);
                _events.OnShutOut(fenced.Detail);
                break;
            default:
                throw new UnreachableException($"Unknown effect {effect.GetType()}.");
        }
    }

    private void OnCommit(Effect.Commit commit)
    {
        var before = _process.Pairs.CommittedSerial;
        _process.Pairs.Commit(commit.Entries);
        foreach (var entry in commit.Entries)
        {
            _context.Commit = entry.Index;
            if (entry.Payload is Payload.Pair { Request: { } request } && request.Origin == _process.Member)
            {
                _context.NoteCommitted(_process.ToRef(request.Number), entry.Serial);
            }

            if (entry.Payload is Payload.Reconfigure(var configuration))
            {
                _context.CommitConfiguration(entry.Index, configuration);
                _events.OnConfiguration(entry.Index, configuration);
                _leading.OnCommitted(entry);
            }

            _appends.OnCommitted(entry);
            _changes.OnCommitted(entry);
        }

        TellCommittedAfter(before);
        _appends.SendWaiting();
        _gets.OnCommitted();
        _proposals.OnCommitted();
        _serving.ServeHeld();
        _queries.OnCommitted();
        _snapshots.OnCommitted(commit.Entries);
    }

    // A process with a new store rejoins by itself, as a learner. Only the loss of a store on a disk is unexpected.
    private void OnRefused(Effect.Refused refused)
    {
        var level = refused.Reason != RefusalReason.OtherIncarnation ? LogLevel.ErrorLevel
            : _process.HasUnexpectedlyNewStore ? LogLevel.WarningLevel
            : LogLevel.InfoLevel;
        var text = refused.Reason == RefusalReason.Disputed ? "{0} got a warning from {1}: {2}." : "{0} is refused by {1}: {2}.";
        _log.Log(level, text, [_process.Pid.Name, refused.By.Name, refused.Detail]);
        _events.OnRefused(refused);
    }

    private void OnTransferEnded(Effect.TransferEnded ended)
    {
        var target = ended.Target?.Value ?? "any voter";
        _log.Info("{0}: the transfer of the leadership to {1} ended: {2}", _process.Pid.Name, target, ended.Outcome);
        _leading.OnTransferEnded(ended);
        _stopping.OnTransferEnded(ended);
    }

    private void OnQuorumChanged(QuorumView? quorum)
    {
        _context.Quorum = quorum;
        var news = quorum is null ? "the quorum is lost" : $"the quorum is {string.Join(", ", quorum.Members)}";
        _log.Info("{0}: {1}", _process.Pid.Name, news);
        _notices.OnQuorumChanged();
        TellQuorum();
        OnServerInSight();
    }

    private void OnLeaderChanged(LeaderView? leader)
    {
        var before = _context.Leader;
        _context.Leader = leader;
        if ((before?.Leader, before?.Term) != (leader?.Leader, leader?.Term))
        {
            var news = leader is null ? "there is no leader" : $"{leader.Leader} leads in term {leader.Term}";
            _log.Info("{0}: {1}", _process.Pid.Name, news);
        }

        TellLeader();
        if (before is { IsSelf: true } && leader is not { IsSelf: true })
        {
            _proposals.OnDeposed();
            _leading.OnDeposed();
        }

        if (leader is not null)
        {
            _changes.OnLeader(leader.Leader.Name);
            _queries.AskAgain();
        }

        OnServerInSight();
        _stopping.OnLeaderChanged();
    }

    private void TellMet(ProcessName name, Serial serial) =>
        _context.TellActor(new ToActor.PeerMet(_context.Life, new Peer(_context.Peers.ToPid(name), serial)));

    private void TellQuorum()
    {
        var quorum = _context.Quorum;
        _notices.Tell(() => new ToActor.QuorumIs(
            _context.Life,
            quorum is null
                ? null
                : new Quorum([.. quorum.Members.Select(member => _context.Peers.ToPid(member.Name))], quorum.IsMember)));
    }

    // A life may begin long after the election. For it, the leader's serial includes all pairs committed since.
    private void TellLeader()
    {
        Leader? told = null;
        if (_context.Leader is { } leader)
        {
            var committed = _process.Pairs.CommittedSerial;
            var serial = committed > leader.Serial ? committed : leader.Serial;
            told = new Leader(_context.Peers.ToPid(leader.Leader.Name), leader.Term, serial, leader.IsSelf, leader.IsReady);
        }

        _notices.Tell(() => new ToActor.LeaderIs(_context.Life, told));
    }

    private void TellCommittedAfter(Serial last)
    {
        if (_process.Pairs.CommittedSerial is var committed && committed > last)
        {
            _notices.TellCommitted(committed);
        }
    }
}
