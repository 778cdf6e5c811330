namespace RaftActors.Core;

/// <summary>InstallSnapshot (§7), the receiver's side: gathers the pieces of a snapshot and installs it.</summary>
internal sealed class SnapshotReceiving(
    RaftState state,
    Following following,
    Commitment commitment,
    Comparison comparison,
    Refusals refusals)
{
    /// <summary>A leader sends a piece of a snapshot, or an empty one as a heartbeat.</summary>
    public void OnSnapshotChunk(Peer peer, Envelope envelope, Message.SnapshotChunk chunk)
    {
        if (envelope.Term < state.Term)
        {
            following.RefuseStaleTerm(envelope.From);
            return;
        }

        var (snapshot, position) = (chunk.Snapshot, chunk.Snapshot.Position);
        if (state.IsOfOtherGroup(snapshot.Configuration.Group))
        {
            refusals.RefuseOtherGroup(envelope, snapshot.Configuration.Group);
            return;
        }

        following.HearLeader(envelope, chunk.LeaderSerial);
        if (position.Index <= state.CommitIndex)
        {
            following.AcknowledgeCommitted(envelope.From, chunk.Round);
        }
        else if (position.Index <= state.Log.Last && !state.Log.Holds(position) && !state.Log.GivesWayTo(position))
        {
            comparison.Diverge(peer, position.Index, refused: envelope.Boot);
        }
        else if (HasRoomFor(chunk) && Transfer(envelope.From, chunk) is { } incoming)
        {
            TakePiece(incoming, chunk);
        }
    }

    /// <summary>On a nearly full disk only empty pieces are taken; the others are treated as lost on the network.</summary>
    private bool HasRoomFor(Message.SnapshotChunk chunk) => !state.Durability.IsDiskShort || chunk.IsEmpty;

    /// <summary>The transfer of a piece, begun if need be; null if the same leader already sends a newer snapshot.</summary>
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

    /// <summary>
    /// Takes the next sessions, keys or bytes. Any other piece is a heartbeat, came twice, or follows one that was lost.
    /// </summary>
    private void TakePiece(IncomingSnapshot incoming, Message.SnapshotChunk chunk)
    {
        var isState = incoming.IsNext(chunk.Data, chunk.Place);
        if (incoming.IsNext(chunk.Sessions, chunk.Place))
        {
            incoming.Add(chunk.Sessions);
            isState = incoming.IsWhole; // The state has no bytes, so no other piece follows.
        }
        else if (incoming.IsNext(chunk.Keys, chunk.Place))
        {
            incoming.Add(chunk.Keys);
            isState = incoming.IsWhole;
        }

        if (isState)
        {
            StorePiece(incoming, chunk);
        }
        else
        {
            state.Send(incoming.Leader, new Message.SnapshotChunkReply(incoming.Snapshot.Position, incoming.Stored, chunk.Round));
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
            var next = new Message.SnapshotChunkReply(incoming.Snapshot.Position, incoming.Received, chunk.Round);
            state.Send(incoming.Leader, next, after: ticket);
        }
    }

    /// <summary>
    /// Installs the whole snapshot. The log stays only if it holds the snapshot's place. A log with another entry there would refuse all
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
                peer.DivergesAt = null; // The entries that differed are gone, so no verdict on them counts any more.
            }
        }

        state.Configurations.StartFrom(snapshot, keepsLog);
        state.Snapshots.Latest = snapshot;
        state.Snapshots.Incoming = null;
        state.Snapshots.Discarded = (position, position.Index);
        state.Sessions = new Sessions(state.Options.Sessions, snapshot.Sessions);
        state.Keys = new RequestKeys(state.Options.Sessions, snapshot.Keys);
        commitment.Set(position.Index);
        state.Delivered = position.Index;
        var ticket = state.Durability.TakeTicket();
        state.Effects.Add(new Effect.InstallSnapshot(ticket, snapshot, keepsLog));
        state.Log.Covered(position.Index, ticket);
        following.Reply(incoming.Leader, true, position.Index, chunkRound, after: ticket);
    }
}
