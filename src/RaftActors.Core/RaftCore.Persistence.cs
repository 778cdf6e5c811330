namespace RaftActors.Core;

/// <content>
/// What must be durable, and what must wait for it. "Before responding to RPCs" (Figure 2) is decided here and nowhere else.
/// </content>
public sealed partial class RaftCore
{
    private readonly HoldQueue _held = new();
    private HardState _hardState;
    private bool _isHardStateUnsaved;

    /// <summary>The write that makes the hard state durable as it is now.</summary>
    private Ticket _hardStateTicket;

    /// <summary>The writes under way, oldest first, and the ticks at which they were asked for.</summary>
    private readonly Queue<(Ticket Ticket, long At)> _underWay = [];

    /// <summary>The last write that was asked for.</summary>
    private Ticket _lastTicket;

    /// <summary>The last write that is durable.</summary>
    private Ticket _durableTicket;

    /// <summary>The write that makes the log durable as it is now.</summary>
    private Ticket LogTicket => _log.HasUnsaved ? _lastTicket.Next : _lastTicket;

    private bool IsDiskStalled => _underWay.TryPeek(out var oldest) && _now - oldest.At > Options.DiskStallTicks;

    private void Keep(HardState next)
    {
        Invariant.That(next.Term >= Term, "terms never fall (§5.1)");
        Invariant.That(
            next.Term > Term || _hardState.VotedFor is null || next.VotedFor == _hardState.VotedFor,
            "a process votes once in a term (§5.2)");
        Invariant.That(_hardState.Group == GroupUid.None || next.Group == _hardState.Group, "a process never changes its group");
        _hardState = next;
        _hardStateTicket = _lastTicket.Next;
        _isHardStateUnsaved = true;
    }

    private void Send(Member to, Message body, Ticket after = default) => Send(to, body, Term, after);

    /// <summary>
    /// Sends when our term, vote and records are durable, and the write <paramref name="after"/> as well. A message that waited is no worse
    /// than one that was slow on its way. That a candidate could ask before its own vote is durable is true and not done: with it, a
    /// process that crashes can lead one term twice.
    /// </summary>
    private void Send(Member to, Message body, Term term, Ticket after = default)
    {
        SendWhenDurable(new Effect.Send(EnvelopeOf(to, body, term)), after);
    }

    private Envelope EnvelopeOf(Member to, Message body, Term term) => new(Self, to, _hardState.Group, term, _hardState.Boot, body);

    private void SendWhenDurable(Effect sending, Ticket after = default)
    {
        var ticket = after > _hardStateTicket ? after : _hardStateTicket;
        if (ticket <= _durableTicket)
        {
            _effects.Add(sending);
        }
        else
        {
            _held.Add(ticket, sending);
        }
    }

    /// <summary>At the end of a step: one write for all that it changed.</summary>
    private void PersistChanges()
    {
        var entries = _log.TakeUnsaved(_lastTicket.Next);
        if (_isHardStateUnsaved || !entries.IsEmpty)
        {
            _effects.Add(new Effect.Persist(AskForWrite(), _isHardStateUnsaved ? _hardState : null, entries));
            _isHardStateUnsaved = false;
        }
    }

    /// <summary>A ticket for a write of its own kind. What this step has changed so far is written before it.</summary>
    private Ticket TakeTicket()
    {
        PersistChanges();
        return AskForWrite();
    }

    private Ticket AskForWrite()
    {
        _lastTicket = _lastTicket.Next;
        _underWay.Enqueue((_lastTicket, _now));
        return _lastTicket;
    }

    private void OnPersisted(Ticket ticket)
    {
        Invariant.That(ticket <= _lastTicket, "only what was asked for is written");
        if (ticket <= _durableTicket)
        {
            return;
        }

        _durableTicket = ticket;
        while (_underWay.TryPeek(out var oldest) && oldest.Ticket <= ticket)
        {
            _underWay.Dequeue();
            LearnPatience((int)Math.Min(_now - oldest.At, Options.DiskStallTicks));
        }

        _log.Saved(ticket);
        _incoming?.Saved(ticket);
        _held.Release(ticket, _effects);
        if (Candidacy is { } candidacy && candidacy.OwnVote <= ticket)
        {
            candidacy.Ballot.Record(Self, granted: true);
        }

        EndPuttingOff();
    }
}
