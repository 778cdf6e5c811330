namespace RaftActors.Core;

/// <content>A leader replicates to this process (§5.3).</content>
public sealed partial class RaftCore
{
    /// <summary>When a leader was last heard, or this process last led; long ago at first.</summary>
    private long _leaderHeardAt = long.MinValue / 2;

    /// <summary>Goes over to a term, or gives up what it was doing in this one.</summary>
    private void Follow(Term term, Member? leader, Serial leaderSerial = default)
    {
        if (_role is LeaderRole)
        {
            _leaderHeardAt = _now;
        }

        if (term > Term)
        {
            Keep(_hardState with { Term = term, VotedFor = null });
        }

        Become(new FollowerRole(leader, leaderSerial));
        ResetElectionTimer();
    }

    private void OnAppendEntries(Peer peer, Envelope envelope, Message.AppendEntries request)
    {
        if (envelope.Term < Term)
        {
            AnswerOlderTerm(envelope.From);
            return;
        }

        foreach (var entry in request.Entries)
        {
            if (entry.Payload is Payload.Reconfigure(var configuration) && IsOfOtherGroup(configuration.Group))
            {
                RefuseOtherGroup(envelope, configuration.Group);
                return;
            }
        }

        HearLeader(envelope, request.LeaderSerial);
        if (request.Previous.Index < _log.Base.Index)
        {
            // What was discarded here is committed, so the leader has it too, and all that is committed here.
            AcknowledgeCommitted(envelope.From, request.Round);
            return;
        }

        if (IsDamaged(request.Previous))
        {
            if (peer.PartsAt is null || request.Entries.IsEmpty)
            {
                // Once the leader knows it sends nothing any more. So if we know and it sends heartbeats, our word was lost, or meant an
                // earlier term.
                var differs = request.Previous.Index;
                if (differs == _log.Base.Index)
                {
                    Part(peer, differs.Next); // What was discarded cannot be compared.
                    return;
                }

                Send(envelope.From, new Message.ComparePrefix(_log.Base.Index, differs, _log.PositionAt(differs)));
            }

            return;
        }

        if (!_log.Holds(request.Previous))
        {
            Answer(envelope.From, false, WhereLogsMayAgree(request.Previous), request.Round);
            return;
        }

        if (FirstDispute(request) is { } disputed)
        {
            Part(peer, disputed);
            return;
        }

        var entries = WhatThereIsRoomFor(request.Entries);
        Take(entries);
        var match = new LogIndex(request.Previous.Index.Value + entries.Length);
        CommitUpTo(request.Commit < match ? request.Commit : match);
        if (entries.Length == request.Entries.Length)
        {
            Acknowledge(envelope.From, match, request);
        }
    }

    /// <summary>
    /// Two entries that a leader wrote, of one index and term, are the same, unless one of them was changed since (§5.3).
    /// </summary>
    private bool IsDamaged(LogPosition previous) =>
        previous.Term > Term.Zero
        && previous.Index >= _log.Base.Index
        && previous.Index <= _log.Last
        && _log.TermAt(previous.Index) == previous.Term
        && !_log.Holds(previous);

    private void HearLeader(Envelope envelope, Serial leaderSerial)
    {
        if (envelope.Term > Term || _role is not FollowerRole { Leader: not null })
        {
            Invariant.That(envelope.Term > Term || _role is not LeaderRole, "a term has one leader (§5.2)");
            Follow(envelope.Term, envelope.From, leaderSerial);
        }

        Invariant.That(Leader == envelope.From, "a term has one leader (§5.2)");
        (_leaderHeardAt, _stickyUntil, _candidacies) = (_now, _now + Options.ElectionTimeoutMinTicks, 0);
        ResetElectionTimer();
    }

    /// <summary>
    /// Where the leader should look next. A term in conflict is skipped as a whole (§5.3); within one term, which only different
    /// preloaded pairs can bring about, the distance is halved.
    /// </summary>
    private LogIndex WhereLogsMayAgree(LogPosition previous)
    {
        if (previous.Index > _log.Last)
        {
            return _log.LastNotAbove(previous.Term, _log.Last);
        }

        return _log.TermAt(previous.Index) == previous.Term
            ? new LogIndex(Math.Max(_log.Base.Index.Value, previous.Index.Value / 2))
            : _log.LastNotAbove(previous.Term, new LogIndex(previous.Index.Value - 1));
    }

    /// <summary>
    /// The first entry that contradicts one of ours which does not give way: a preloaded pair, which no election decided, or the same term
    /// with other content. An entry of another term gives way (§5.3).
    /// </summary>
    private LogIndex? FirstDispute(Message.AppendEntries request)
    {
        var hash = request.Previous.Hash;
        foreach (var entry in request.Entries)
        {
            hash = PrefixHash.Extend(hash, entry.Payload);
            if (entry.Index > _log.Last)
            {
                return null;
            }

            if (!_log.Holds(entry, hash))
            {
                var own = _log.TermAt(entry.Index);
                return own == Term.Zero || own == entry.Term ? entry.Index : null;
            }
        }

        return null;
    }

    private void Take(LogSlice entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Index <= _log.Last)
            {
                if (_log.TermAt(entry.Index) == entry.Term)
                {
                    continue;
                }

                Truncate(entry.Index);
            }

            Append(entry);
        }
    }

    private void Truncate(LogIndex index)
    {
        Invariant.That(index > CommitIndex, "what is committed is never truncated (§5.4)");
        Invariant.That(_role is FollowerRole, "a leader never overwrites or deletes in its log (§5.3)");
        _log.TruncateFrom(index);
        _configurations.TruncateFrom(index);
    }

    private void Append(LogEntry entry)
    {
        _log.Append(entry);
        _configurations.Append(entry);
    }

    /// <summary>
    /// Vouches for what is durable and for no more. A heartbeat is answered at once, so that a slow disk does not look like a dead process;
    /// entries are answered when they are on disk.
    /// </summary>
    private void Acknowledge(Member leader, LogIndex match, Message.AppendEntries request)
    {
        if (match <= _log.Durable)
        {
            Answer(leader, true, match, request.Round);
        }
        else if (request.Entries.IsEmpty)
        {
            Answer(leader, true, _log.Durable, request.Round);
        }
        else
        {
            Answer(leader, true, match, request.Round, after: LogTicket);
        }
    }

    /// <summary>What the leader sent is committed here already, and more than it.</summary>
    private void AcknowledgeCommitted(Member leader, long round) =>
        Answer(leader, true, CommitIndex < _log.Durable ? CommitIndex : _log.Durable, round);

    /// <summary>
    /// Tells a leader of an older term that there is a later one (§5.1), and nothing else. It may lead that one by now, and would take this
    /// for the answer to what it sent in it: so it bears no round, which would confirm one of the later term before it began, and nothing
    /// less of the log than there is.
    /// </summary>
    private void AnswerOlderTerm(Member leader) => Answer(leader, false, _log.Last, round: 0);

    private void Answer(Member leader, bool isAccepted, LogIndex match, long round, Ticket after = default)
    {
        var conflict = isAccepted ? Term.Zero : _log.TermAt(match);
        Send(leader, new Message.AppendEntriesReply(isAccepted, match, conflict, IsAdmitted, round, Options.Priority), after);
    }
}
