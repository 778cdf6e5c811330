using Akka.Actor;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Reads snapshots and committed entries for backups, one request after the other, and answers the clients. A child of the engine, so
/// that a backup holds up neither heartbeats nor other reads. <see cref="Requests.ClientRequests"/> checks the requests.
/// </summary>
/// <param name="sizeMax">The most bytes of one answer, which must fit into a frame of the transport. One pair of any size fits.</param>
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
            wanted.Caller.Tell(new ClientReply.BackupLost(e.Message), Self);
        }
    }

    private ClientReply AnswerTo(Wanted wanted)
    {
        var (call, uid, snapshot, end, _) = wanted;
        switch (call)
        {
            case ClientCall.BackupBegin:
                return new ClientReply.BackupBegun(
                    uid, snapshot?.Position ?? default, DescriptionOf(snapshot).Length, snapshot?.Length ?? 0, end);
            case ClientCall.BackupDescription(var position, var offset):
                return snapshot?.Position == position && DescriptionOf(snapshot) is var bytes && offset < bytes.Length
                    ? new ClientReply.BackupBytes(bytes.AsMemory((int)offset, (int)Math.Min(bytes.Length - offset, PieceMax)))
                    : new ClientReply.BackupLost($"A later snapshot has replaced that of {position}.");
            case ClientCall.BackupState(var position, var offset):
                return new ClientReply.BackupBytes(store.ReadSnapshot(position, offset, PieceMax));
            case ClientCall.BackupLog(var first, var last):
                var entries = store.ReadLog(first, new LogIndex(Math.Min(last.Value, first.Value + EntriesMax - 1)));
                return entries.IsEmpty
                    ? new ClientReply.BackupLost($"The entries from {first} on are compacted.")
                    : new ClientReply.BackupEntries(entries.Take(FittingOf(entries)));
            default:
                throw new ArgumentException($"{call.GetType().Name} is no request of a backup.", nameof(wanted));
        }
    }

    private static byte[] DescriptionOf(Snapshot? snapshot)
    {
        if (snapshot is null)
        {
            return [];
        }

        ByteWriter writer = new();
        EntryFormat.WriteSnapshot(writer, snapshot);
        return writer.ToArray();
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

    /// <param name="Uid">The identity of the group.</param>
    /// <param name="Snapshot">The latest one; null: there is none.</param>
    /// <param name="End">The last committed entry in the store.</param>
    internal sealed record Wanted(ClientCall.Backup Call, GroupUid Uid, Snapshot? Snapshot, LogIndex End, ICanTell Caller);
}
