namespace RaftActors.Core;

/// <summary>Takes what a leader replicates to this process: AppendEntries (§5.3), and InstallSnapshot in pieces (§7).</summary>
internal sealed class Follower(
    RaftState state,
    RoleChanges roles,
    Commitment commitment,
    Divergences divergences,
    Quiescence quiescence,
    Refusals refusals)
{
    public void OnAppendEntries(Peer peer, Envelope envelope, Message.AppendEntries request)
    {
        if (IsStale(envelope))
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
                divergences.OnDamage(peer, envelope.From, match.At, isHeartbeat: request.Entries.IsEmpty);
                break;
            case LogFit.Disputed:
                divergences.Diverge(peer, match.At, refused: envelope.Boot);
                break;
            case LogFit.Fits:
                Store(envelope.From, request, match);
                break;
        }
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
    /// On a nearly full disk, returns only the entries before the first pair. The rest counts as lost on the network, and the message gets
    /// no reply. A reply would bring the rest back at once, while heartbeats bring it back at their own pace.
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
    /// Acknowledges only durable entries. A heartbeat is answered at once, so that a slow disk does not look like a dead process. Entries
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

    /// <summary>Acknowledges entries that are committed here already. The leader has everything that is committed here (§5.4).</summary>
    private void AcknowledgeCommitted(Member leader, long round) =>
        Reply(leader, true, state.CommitIndex < state.Log.Durable ? state.CommitIndex : state.Log.Durable, round);

    private bool IsStale(Envelope envelope) => envelope.Term < state.Term;

    /// <summary>
    /// Tells a leader of an older term that there is a later one (§5.1), and nothing else. It may lead the later term by now, and would
    /// take this for a reply in that term. So the reply confirms no round of reads, and claims no shorter log than there is.
    /// </summary>
    private void RefuseStaleTerm(Member leader) => Reply(leader, false, state.Log.Last, round: 0);

    /// <summary>Replies to AppendEntries, when the write <paramref name="after"/> is durable.</summary>
    private void Reply(Member leader, bool isAccepted, LogIndex match, long round, Ticket after = default)
    {
        var conflict = isAccepted ? Term.Zero : state.Log.TermAt(match);
        var reply = new Message.AppendEntriesReply(isAccepted, match, conflict, state.IsAdmitted, round, state.Priority)
        {
            Promise = state.Options.Promise,
            Applied = state.Applied,
        };
        state.Send(leader, reply, after);
    }

    /// <summary>Follows the current leader, or a later one, and keeps to it for the shortest election timeout.</summary>
    private void HearLeader(Envelope envelope, Serial leaderSerial)
    {
        if (envelope.Term > state.Term || state.Role is not FollowerRole { Leader: not null })
        {
            Invariant.That(envelope.Term > state.Term || state.Role is not LeaderRole, "a term has one leader (§5.2)");
            roles.Follow(envelope.Term, envelope.From, leaderSerial);
        }

        Invariant.That(state.Leader == envelope.From, "a term has one leader (§5.2)");
        quiescence.EndWatch();
        state.Timer.Reset();
        state.Election.HeardAt = state.Now;
        state.Election.StickyUntil = state.Now + state.Options.ElectionTimeoutMinTicks;
        if (state.Options.Promise > 0)
        {
            // A promise of an earlier start may be longer.
            state.Election.BoundUntil = Math.Max(state.Election.BoundUntil, state.Election.StickyUntil);
        }
    }

    /// <summary>Answers whether this process has nothing to do. The question replaces a heartbeat, so it always gets an answer.</summary>
    public void OnQuiesce(Envelope envelope, Message.Quiesce question)
    {
        if (envelope.Term == state.Term && state.Role is FollowerRole follower && follower.Leader == envelope.From)
        {
            HearLeader(envelope, question.Last.Serial);
            quiescence.Answer(follower, envelope.From, question);
        }
    }

    /// <summary>A leader sends a piece of a snapshot, or an empty one as a heartbeat.</summary>
    public void OnSnapshotChunk(Peer peer, Envelope envelope, Message.SnapshotChunk chunk)
    {
        if (IsStale(envelope))
        {
            RefuseStaleTerm(envelope.From);
            return;
        }

        var (snapshot, position) = (chunk.Snapshot, chunk.Snapshot.Position);
        if (state.IsOfOtherGroup(snapshot.Configuration.Group))
        {
            refusals.RefuseOtherGroup(envelope, snapshot.Configuration.Group);
            return;
        }

        HearLeader(envelope, chunk.LeaderSerial);
        if (position.Index <= state.CommitIndex)
        {
            AcknowledgeCommitted(envelope.From, chunk.Round);
        }
        else if (position.Index <= state.Log.Last && !state.Log.Holds(position) && !state.Log.GivesWayTo(position))
        {
            divergences.Diverge(peer, position.Index, refused: envelope.Boot);
        }
        else if (HasRoomFor(chunk) && Transfer(envelope.From, chunk) is { } incoming)
        {
            TakePiece(incoming, chunk);
        }
    }

    /// <summary>
    /// Tells whether a piece is accepted. On a nearly full disk only empty ones are; others count as lost on the network.
    /// </summary>
    private bool HasRoomFor(Message.SnapshotChunk chunk) => !state.Durability.IsDiskShort || chunk.IsEmpty;

    /// <summary>Returns the transfer of a piece, begun if necessary, or null if the same leader already sends a newer snapshot.</summary>
    private IncomingSnapshot? Transfer(Member leader, Message.SnapshotChunk chunk)
    {
        var snapshot = chunk.Snapshot;
        if (state.Snapshots.Incoming is { } known && known.Leader == leader)
        {
            if (snapshot.Position.Index < known.Snapshot.Position.Index)
            {
                return null;
            }

            if (known.Snapshot.Position == snapshot.Position)
            {
                return known;
            }
        }

        return state.Snapshots.Incoming = new IncomingSnapshot(leader, snapshot, chunk.SessionCount, chunk.KeyCount);
    }

    /// <summary>Takes the next sessions, keys or bytes. Any other piece is a heartbeat, came twice, or follows a lost one.</summary>
    private void TakePiece(IncomingSnapshot incoming, Message.SnapshotChunk chunk)
    {
        // A state without bytes has no piece of its own.
        if (incoming.TryAddTables(chunk) ? incoming.IsWhole : incoming.IsNext(chunk.Data, chunk.Place))
        {
            StorePiece(incoming, chunk);
        }
        else
        {
            AskForNext(incoming, incoming.Stored, chunk.Round);
        }
    }

    private void StorePiece(IncomingSnapshot incoming, Message.SnapshotChunk chunk)
    {
        var ticket = state.Durability.TakeTicket();
        state.Effects.Add(new Effect.StoreChunk(ticket, incoming.Snapshot, incoming.Offset, chunk.Data));
        incoming.Add(chunk.Data.Length, ticket);
        if (incoming.IsWhole)
        {
            Install(incoming, chunk.Round);
        }
        else
        {
            AskForNext(incoming, incoming.Received, chunk.Round, after: ticket);
        }
    }

    private void AskForNext(IncomingSnapshot incoming, long place, long round, Ticket after = default) => state.Send(
        incoming.Leader,
        new Message.SnapshotChunkReply(incoming.Snapshot.Position, place, round) { Promise = state.Options.Promise },
        after);

    /// <summary>
    /// Installs the whole snapshot. The log stays only if it has the snapshot's place. A log with another entry there would refuse all
    /// that follows, and the leader would send the snapshot again for ever.
    /// </summary>
    private void Install(IncomingSnapshot incoming, long chunkRound)
    {
        var (snapshot, position) = (incoming.Snapshot, incoming.Snapshot.Position);
        Invariant.That(position.Index > state.CommitIndex, "a snapshot is installed only above the commit index");
        var keepsLog = state.Log.Holds(position);
        if (keepsLog)
        {
            state.Log.DiscardTo(position.Index);
        }
        else
        {
            state.Log.Reset(position);
            foreach (var peer in state.Roster.Peers)
            {
                peer.ForgetDivergences(); // No verdict on the entries that are gone counts any more.
            }
        }

        state.Configurations.StartFrom(snapshot, keepsLog);
        state.Snapshots.Latest = snapshot;
        state.Snapshots.Incoming = null;
        state.Snapshots.Discarded = (position, position.Index);
        state.Sessions = new Sessions(state.Options.Sessions, snapshot.Sessions, snapshot.ForgottenOrigins);
        state.Keys = new RequestKeys(state.Options.Sessions, snapshot.Keys);
        commitment.Set(position.Index);
        state.Delivered = position.Index;
        var ticket = state.Durability.TakeTicket();
        state.Effects.Add(new Effect.InstallSnapshot(ticket, snapshot, keepsLog));
        state.Log.Covered(position.Index, ticket);
        Reply(incoming.Leader, true, position.Index, chunkRound, after: ticket);
    }
}
