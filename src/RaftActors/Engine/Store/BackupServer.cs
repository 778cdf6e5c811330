using Akka.Actor;

using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Reads snapshots and committed entries for backups, one request after the other, and answers the clients. It is a child of the engine,
/// so that a backup delays neither heartbeats nor other reads. <see cref="Requests.ClientRequests"/> has checked the requests.
/// </summary>
/// <param name="sizeMax">The most bytes of one answer, which must fit into a frame of the transport. A single pair always fits.</param>
internal sealed class BackupServer(HostedStore store, int sizeMax) : UntypedActor
{
    private const int EntriesMax = 64;
    private const int PieceSizeMax = 256 << 10;

    private int PieceMax => Math.Min(PieceSizeMax, sizeMax);

    // Any other failure is passed up, and ends the engine.
    protected override void OnReceive(object message)
    {
        var wanted = (Wanted)message;
        try
        {
            wanted.Caller.Tell(AnswerTo(wanted), Self);
        }
        catch (StoreException e)
        {
            wanted.Caller.Tell(new ClientReply.Declined(e.Message), Self);
        }
    }

    private ClientReply AnswerTo(Wanted wanted)
    {
        var (call, uid, snapshot, end, _) = wanted;
        var isBeginning = call.Has == default && snapshot is not null;

        // The last entry that the client has is read too, because it proves that both logs are one. A snapshot that ends there also proves
        // it.
        var isKnown = call.Has == default || call.Has == snapshot?.Position;
        var first = isKnown ? call.Has.Index.Next : call.Has.Index;
        var entries = isBeginning || first > end
            ? default
            : store.ReadLog(first, new LogIndex(Math.Min(end.Value, first.Value + EntriesMax - 1)));
        if (isBeginning || (entries.IsEmpty && first <= end))
        {
            return snapshot is null
                ? new ClientReply.Declined($"The entries from {first} on are compacted.")
                : new ClientReply.BackupPart(uid, end, PieceOf(snapshot, call), []);
        }

        if (!isKnown && entries is [var last, ..] && last.Term != call.Has.Term)
        {
            return new ClientReply.Failed(RaftFailure.NotDone(
                FailureReason.Invalid,
                $"The backup ends at {call.Has}, where the process has another entry, of term {last.Term}. Take a full backup."));
        }

        entries = entries.Skip(isKnown || entries.IsEmpty ? 0 : 1);
        return new ClientReply.BackupPart(uid, end, null, entries.Take(FittingOf(entries)));
    }

    private Message.SnapshotChunk PieceOf(Snapshot snapshot, ClientCall.Backup call)
    {
        var place = snapshot.Position == call.Snapshot ? call.Place : 0;
        OutgoingSnapshot transfer = new(snapshot, now: 0);
        transfer.Answer(place, now: 0);
        var (at, sessions, keys) = transfer.TakeNext(PieceMax) ?? (transfer.Stored, [], []);
        var state = at < transfer.StateStart
            ? ReadOnlyMemory<byte>.Empty
            : store.ReadSnapshot(snapshot.Position, at - transfer.StateStart, PieceMax);
        return new Message.SnapshotChunk(transfer.Description, snapshot.Sessions.Length, at, sessions, state, default, Round: 0)
        {
            KeyCount = snapshot.Keys.Keys.Length,
            Keys = keys,
        };
    }

    private int FittingOf(LogSlice entries)
    {
        var (count, size) = (0, 0L);
        foreach (ref readonly var entry in entries)
        {
            size += entry.Size;
            if (count > 0 && size > PieceMax)
            {
                break;
            }

            count++;
        }

        return count;
    }

    /// <param name="Snapshot">The latest one, or null.</param>
    /// <param name="End">The last committed entry in the store.</param>
    internal sealed record Wanted(ClientCall.Backup Call, GroupUid Uid, Snapshot? Snapshot, LogIndex End, ICanTell Caller);
}
