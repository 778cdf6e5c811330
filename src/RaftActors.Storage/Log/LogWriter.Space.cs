using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <content>How much room there is, and what is done when there is none.</content>
internal sealed partial class LogWriter
{
    private const int EntrySizeMax = RecordHeader.Size + 64;
    private const int MemberSizeMax = 64;
    private const int HardStateSizeMax = 256;
    private const long SpaceSeenMilliseconds = 1000;
    private const long PreloadSizeMax = 1 << 30;

    /// <summary>When it was looked at last; null: it is to be looked at.</summary>
    private long? _spaceSeenAt;

    /// <summary>There is less room than there should be.</summary>
    public bool IsShort { get; private set; }

    /// <summary>Whether time is known: without a thread the space is looked at each time.</summary>
    public bool HasClock { get; init; }

    /// <summary>Looks at the free space and tells the stores if it has become little, or enough again.</summary>
    public void LookAtSpace()
    {
        if (HasClock && _spaceSeenAt is { } seenAt && Environment.TickCount64 - seenAt < SpaceSeenMilliseconds)
        {
            return;
        }

        _spaceSeenAt = Environment.TickCount64;
        try
        {
            // A segment more before there is room again: a leader hands over when there is none, and that is not to go back and forth
            // with each segment that comes and goes.
            var floor = options.FreeSpaceFloorBytes + (IsShort ? options.SegmentSizeBytes : 0);
            TellSpace(IsStarved || disk.FreeBytes() < floor);
        }
        catch (IOException)
        {
            // What is wrong with a disk that does not tell, the next write to it will show.
        }
    }

    private static long SizeMax(Effect.Write write) => write switch
    {
        Effect.Persist persist => (persist.HardState is { } state ? SizeMax(state) : 0) + SizeMax(persist.Entries),
        Effect.StoreChunk => 0,
        _ => EntrySizeMax,
    };

    private static long SizeMax(HardState state)
    {
        var size = (long)HardStateSizeMax + (state.VotedFor is { } candidate ? SizeMax(candidate.Name) : 0);
        foreach (var peer in state.Recorded)
        {
            size += SizeMax(peer.Member.Name);
        }

        return size + state.Roster.Sum(SizeMax);
    }

    private static long SizeMax(ProcessName name) => (3L * name.Value.Length) + MemberSizeMax;

    /// <summary>Of the records with which a slot begins.</summary>
    private static long SizeMax(StoreOwner owner) => (3L * owner.Group.Length) + SizeMax(owner.Name) + (3 * EntrySizeMax);

    /// <summary>At least as much as they need on disk.</summary>
    private static long SizeMax(LogSlice entries)
    {
        var size = 0L;
        foreach (ref readonly var entry in entries.Span)
        {
            size += EntrySizeMax;
            if (entry.Payload is Payload.Pair pair)
            {
                size += (3L * pair.Key.Length) + pair.Value.Length + (pair.Request is { } request ? SizeMax(request.Origin.Name) : 0);
            }
            else if (entry.Payload is Payload.Reconfigure { Configuration: var configuration })
            {
                size += configuration.Everybody().Sum(member => 3 * SizeMax(member.Name));
            }
        }

        return size;
    }

    private void TellSpace(bool isShort)
    {
        IsShort = isShort;
        foreach (var slot in Slots)
        {
            slot.OpenedBy?.TellSpace(isShort);
        }
    }

    /// <summary>
    /// The disk is full, and what is next has to wait. What is queued behind it may make room: a discard may be done before what was
    /// queued before it, since a durable snapshot stands for all that it discards. Not before a snapshot of the same store that is still to
    /// be installed, without which that would not hold.
    /// </summary>
    /// <returns>Whether anything was done.</returns>
    private bool MakeRoom()
    {
        TellSpace(isShort: true);
        _builder.Begin(files.Seed, files.End);
        _after.Clear();
        var taken = Queue.Taken;
        for (var i = 0; i < taken.Length; i++)
        {
            var item = taken[i];
            if (item.Write is Effect.Discard discard
                && item.Store.Slot!.OpenedBy == item.Store
                && discard.Log.Index > item.Store.Slot.State.Base.Index
                && files.HasReserve(_builder.Length + EntrySizeMax)
                && !HasInstallation(Queue.Deferred, item.Store)
                && !HasInstallation(taken[..i], item.Store))
            {
                AddDiscard(item.Store.Slot, discard.Log);
                _after.Add(item);
            }
        }

        if (_after.Count == 0)
        {
            return false;
        }

        files.Append(_builder.End(files.Synced, files.Batches));
        files.Sync();
        Tell();
        return true;
    }

    private static bool HasInstallation(ReadOnlySpan<WriteQueue.Item> items, FileStore store)
    {
        foreach (var item in items)
        {
            if (item.Store == store && item.Write is Effect.InstallSnapshot)
            {
                return true;
            }
        }

        return false;
    }
}
