namespace RaftActors.Core;

/// <summary>A leader replicates to this process (§5.3).</summary>
internal sealed class Following(RaftState state, RoleChanges roles, Commitment commitment, Comparison comparison, Refusals refusals)
{
    /// <summary>A leader sends entries, or a heartbeat.</summary>
    public void OnAppendEntries(Peer peer, Envelope envelope, Message.AppendEntries request)
    {
        if (envelope.Term < state.Term)
        {
            RefuseStaleTerm(envelope.From);
            return;
        }

        foreach (var entry in request.Entries)
        {
            if (entry.Configuration is { } configuration && state.IsOfOtherGroup(configuration.Group))
            {
                refusals.RefuseOtherGroup(envelope, configuration.Group);
                return;
            }
        }

        HearLeader(envelope, request.LeaderSerial);
        var match = state.Log.Match(request.Previous, request.Entries);
        switch (match.Fit)
        {
            case LogFit.Compacted:
                AcknowledgeCommitted(envelope.From, request.Round);
                break;
            case LogFit.Missing:
                Reply(envelope.From, false, match.At, request.Round);
                break;
            case LogFit.Damaged:
                comparison.OnDamage(peer, envelope.From, match.At, isHeartbeat: request.Entries.IsEmpty);
                break;
            case LogFit.Disputed:
                comparison.Diverge(peer, match.At, refused: envelope.Boot);
                break;
            case LogFit.Fits:
                Store(envelope.From, request, match);
                break;
        }
    }

    /// <summary>
    /// A message of the current leader, or of a later one: follows it, and holds to it for the shortest election timeout.
    /// </summary>
    public void HearLeader(Envelope envelope, Serial leaderSerial)
    {
        if (envelope.Term > state.Term || state.Role is not FollowerRole { Leader: not null })
        {
            Invariant.That(envelope.Term > state.Term || state.Role is not LeaderRole, "a term has one leader (§5.2)");
            roles.Follow(envelope.Term, envelope.From, leaderSerial);
        }

        Invariant.That(state.Leader == envelope.From, "a term has one leader (§5.2)");
        state.Timer.Reset();
        state.Contact.HeardAt = state.Now;
        state.Contact.StickyUntil = state.Now + state.Options.ElectionTimeoutMinTicks;
    }

    /// <summary>
    /// Tells a leader of an older term that there is a later one (§5.1), and nothing else. It may lead the later term by now, and would
    /// take this for a reply in that term. So the reply confirms no round of reads, and claims no shorter log than there is.
    /// </summary>
    public void RefuseStaleTerm(Member leader) => Reply(leader, false, state.Log.Last, round: 0);

    /// <summary>The leader sent entries that are committed here already. It has everything that is committed here (§5.4).</summary>
    public void AcknowledgeCommitted(Member leader, long round) =>
        Reply(leader, true, state.CommitIndex < state.Log.Durable ? state.CommitIndex : state.Log.Durable, round);

    /// <summary>Replies to AppendEntries, when the write <paramref name="after"/> is durable.</summary>
    public void Reply(Member leader, bool isAccepted, LogIndex match, long round, Ticket after = default)
    {
        var conflict = isAccepted ? Term.Zero : state.Log.TermAt(match);
        var reply = new Message.AppendEntriesReply(isAccepted, match, conflict, state.IsAdmitted, round, state.Options.Priority);
        state.Send(leader, reply, after);
    }

    private void Store(Member leader, Message.AppendEntries request, LogMatch match)
    {
        var news = FitOnDisk(request.Entries.Skip(match.Known));
        if (!news.IsEmpty)
        {
            if (match.At <= state.Log.Last)
            {
                state.TruncateFrom(match.At);
            }

            foreach (var entry in news)
            {
                state.Append(entry);
            }
        }

        var stored = match.Known + news.Length;
        var end = new LogIndex(request.Previous.Index.Value + stored);
        commitment.AdvanceTo(request.Commit < end ? request.Commit : end);
        if (stored == request.Entries.Length)
        {
            Acknowledge(leader, end, request);
        }
    }

    /// <summary>
    /// On a nearly full disk, the entries before the first pair. The rest is treated as lost on the network, and the message gets no reply:
    /// a reply would bring it back at once, while heartbeats bring it back at their own pace.
    /// </summary>
    private LogSlice FitOnDisk(LogSlice entries)
    {
        if (!state.Durability.IsDiskShort)
        {
            return entries;
        }

        var taken = 0;
        while (taken < entries.Length && !entries[taken].IsPair)
        {
            taken++;
        }

        return entries.Take(taken);
    }

    /// <summary>
    /// Acknowledges durable entries only. A heartbeat is answered at once, so that a slow disk does not look like a dead process; entries
    /// are answered when they are on disk.
    /// </summary>
    private void Acknowledge(Member leader, LogIndex end, Message.AppendEntries request)
    {
        if (end <= state.Log.Durable)
        {
            Reply(leader, true, end, request.Round);
        }
        else if (request.Entries.IsEmpty)
        {
            Reply(leader, true, state.Log.Durable, request.Round);
        }
        else
        {
            Reply(leader, true, end, request.Round, after: state.Durability.LogTicket);
        }
    }
}
