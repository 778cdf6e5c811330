using System.Collections.Immutable;

namespace RaftActors.Core;

/// <content>
/// InstallSnapshot (§7): a leader sends a snapshot to a process that needs what it has discarded, and that process takes it.
/// </content>
public sealed partial class RaftCore
{
    /// <summary>The snapshot that is coming in, if one is.</summary>
    private IncomingSnapshot? _incoming;

    private void Install(Progress progress)
    {
        if (progress.State is ProgressState.Installing or ProgressState.Refused)
        {
            return;
        }

        Invariant.That(_snapshot is not null, "nothing is discarded that no snapshot stands for");
        progress.Install(_snapshot, _now);
        SendHeartbeat(progress);
    }

    private void SendPieces(Progress progress, OutgoingSnapshot outgoing)
    {
        while (outgoing.TakeNext(Options.SnapshotChunkBytes) is var (place, sessions))
        {
            var envelope = EnvelopeOf(progress.Member, ChunkOf(outgoing, place, sessions), Term);
            var offset = place - outgoing.Snapshot.Sessions.Length;
            SendWhenDurable(
                sessions.IsEmpty ? new Effect.SendChunk(envelope, offset, Options.SnapshotChunkBytes) : new Effect.Send(envelope));
        }
    }

    /// <summary>
    /// To one that is being sent a snapshot, the heartbeat is a piece of nothing: AppendEntries would tell it nothing new, and be refused
    /// until the end. The answer says how far the receiver is; a receiver that is not heard is not sent the same piece again and again.
    /// </summary>
    private void SendHeartbeat(Progress progress, OutgoingSnapshot outgoing)
    {
        SendPlace(progress, outgoing);
        if (_now - progress.HeardAt < Options.ElectionTimeoutMinTicks)
        {
            outgoing.SendAgainIfLost();
            SendPieces(progress, outgoing);
        }
    }

    private void SendPlace(Progress progress, OutgoingSnapshot outgoing)
    {
        Send(progress.Member, ChunkOf(outgoing, outgoing.Stored, []));
        progress.SentRound = LatestRound;
    }

    private Message.SnapshotChunk ChunkOf(OutgoingSnapshot outgoing, long place, ImmutableArray<SessionState> sessions) =>
        new(outgoing.Description, outgoing.Snapshot.Sessions.Length, place, sessions, default, _log.LastPosition.Serial, LatestRound);

    private void OnSnapshotChunkReply(Envelope envelope, Message.SnapshotChunkReply reply)
    {
        if (HearFollower(envelope) is { Outgoing: { } outgoing } progress && outgoing.Snapshot.Position == reply.Snapshot)
        {
            outgoing.Answer(reply.NextPlace, _now);
            HearRound((LeaderRole)_role, progress, reply.Round);
        }
    }

    private void OnSnapshotChunk(Peer peer, Envelope envelope, Message.SnapshotChunk chunk)
    {
        if (envelope.Term < Term)
        {
            AnswerOlderTerm(envelope.From);
            return;
        }

        var (snapshot, position) = (chunk.Snapshot, chunk.Snapshot.Position);
        if (IsOfOtherGroup(snapshot.Configuration.Group))
        {
            RefuseOtherGroup(envelope, snapshot.Configuration.Group);
            return;
        }

        HearLeader(envelope, chunk.LeaderSerial);
        if (position.Index <= CommitIndex)
        {
            AcknowledgeCommitted(envelope.From, chunk.Round);
        }
        else if (position.Index <= _log.Last && !_log.Holds(position) && !GivesWay(position))
        {
            Part(peer, position.Index);
        }
        else if (IsThereRoomFor(chunk) && Incoming(envelope.From, chunk) is { } incoming)
        {
            TakePiece(incoming, chunk);
        }
    }

    /// <summary>An entry of another term gives way (§5.3); a preloaded pair, or the same term with other content, does not.</summary>
    private bool GivesWay(LogPosition position) => _log.TermAt(position.Index) is var own && own != Term.Zero && own != position.Term;

    /// <summary>The transfer to which a piece belongs, begun if it must be; null if a newer one of the same leader is on its way.</summary>
    private IncomingSnapshot? Incoming(Member leader, Message.SnapshotChunk chunk)
    {
        var snapshot = chunk.Snapshot;
        if (_incoming is { } known && known.Leader == leader)
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

        return _incoming = new IncomingSnapshot(leader, snapshot, chunk.SessionCount);
    }

    /// <summary>The next sessions or bytes. What is neither is a heartbeat, or came twice, or after something that was lost.</summary>
    private void TakePiece(IncomingSnapshot incoming, Message.SnapshotChunk chunk)
    {
        var isState = incoming.IsNext(chunk.Data, chunk.Place);
        if (incoming.IsNext(chunk.Sessions, chunk.Place))
        {
            incoming.Add(chunk.Sessions);
            isState = incoming.IsWhole; // Of no bytes: there is no other piece to wait for.
        }

        if (isState)
        {
            StorePiece(incoming, chunk);
        }
        else
        {
            Send(incoming.Leader, new Message.SnapshotChunkReply(incoming.Snapshot.Position, incoming.Stored, chunk.Round));
        }
    }

    private void StorePiece(IncomingSnapshot incoming, Message.SnapshotChunk chunk)
    {
        var ticket = TakeTicket();
        _effects.Add(new Effect.StoreChunk(ticket, incoming.Snapshot, incoming.Offset, chunk.Data));
        incoming.Add(chunk.Data.Length, ticket);
        if (incoming.IsWhole)
        {
            Install(incoming, chunk.Round);
        }
        else
        {
            var next = new Message.SnapshotChunkReply(incoming.Snapshot.Position, incoming.Received, chunk.Round);
            Send(incoming.Leader, next, after: ticket);
        }
    }

    /// <summary>
    /// The log stays only if it holds the snapshot's place. One that has another entry there would refuse all that follows it, and be sent
    /// the snapshot again for ever.
    /// </summary>
    private void Install(IncomingSnapshot incoming, long chunkRound)
    {
        var (snapshot, position) = (incoming.Snapshot, incoming.Snapshot.Position);
        var keepsLog = _log.Holds(position);
        if (keepsLog)
        {
            _log.DiscardTo(position.Index);
        }
        else
        {
            _log.Reset(position);
            foreach (var peer in _peers)
            {
                peer.PartsAt = null; // What differed is gone, so no verdict on it is taken any more.
            }
        }

        _configurations.StartFrom(snapshot, keepsLog);
        (_snapshot, _incoming, _given, _discarded) = (snapshot, null, position.Index, (position, position.Index));
        _sessions = new Sessions(Options.Sessions, snapshot.Sessions);
        Committed(position.Index);
        var ticket = TakeTicket();
        _effects.Add(new Effect.InstallSnapshot(ticket, snapshot, keepsLog));
        _log.Covered(position.Index, ticket);
        Answer(incoming.Leader, true, position.Index, chunkRound, after: ticket);
    }
}
