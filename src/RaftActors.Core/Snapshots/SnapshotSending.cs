using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>InstallSnapshot (§7), the leader's side: sends the pieces of a snapshot to a process that needs compacted entries.</summary>
internal sealed class SnapshotSending(RaftState state)
{
    /// <summary>Sends the pieces that the receiver's window takes.</summary>
    public void SendPieces(Progress progress, OutgoingSnapshot outgoing)
    {
        while (outgoing.TakeNext(state.Options.SnapshotChunkBytes) is var (place, sessions, keys))
        {
            var envelope = state.EnvelopeOf(progress.Member, ChunkOf(outgoing, place, sessions, keys), state.Term);
            var offset = place - outgoing.StateStart;
            state.Durability.Send(sessions.IsEmpty && keys.IsEmpty
                ? new Effect.SendChunk(envelope, offset, state.Options.SnapshotChunkBytes)
                : new Effect.Send(envelope));
        }
    }

    /// <summary>
    /// The heartbeat of a transfer is an empty piece; the receiver would refuse AppendEntries until the end. The reply says how far the
    /// receiver is. A receiver that does not answer is not sent the same piece again and again.
    /// </summary>
    public void SendHeartbeat(Progress progress, OutgoingSnapshot outgoing)
    {
        SendPlace(progress, outgoing);
        if (state.IsResponsive(progress))
        {
            outgoing.SendAgainIfLost();
            SendPieces(progress, outgoing);
        }
    }

    /// <summary>Sends an empty piece.</summary>
    public void SendPlace(Progress progress, OutgoingSnapshot outgoing)
    {
        state.Send(progress.Member, ChunkOf(outgoing, outgoing.Stored, [], []));
        progress.SentRound = state.LatestRound;
    }

    private Message.SnapshotChunk ChunkOf(
        OutgoingSnapshot outgoing, long place, ImmutableArray<SessionState> sessions, ImmutableArray<CommittedKey> keys) => new(
            outgoing.Description,
            outgoing.Snapshot.Sessions.Length,
            place,
            sessions,
            default,
            state.Log.LastPosition.Serial,
            state.LatestRound)
        {
            KeyCount = outgoing.Snapshot.Keys.Keys.Length,
            Keys = keys,
        };
}
