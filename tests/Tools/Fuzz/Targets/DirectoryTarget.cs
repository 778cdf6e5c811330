using RaftActors.Core;

namespace RaftActors.Fuzz.Targets;

/// <summary>
/// A directory whose segments and snapshots were changed: it is opened, each store in it is recovered, read and written, and then it is
/// opened again.
/// </summary>
internal sealed class DirectoryTarget : Target
{
    private static readonly StoreOptions Options = new()
    {
        Directory = "model",
        SegmentSizeBytes = 4096,
        BatchSizeMaxBytes = 2048,
        FreeSpaceFloorBytes = 0,
    };

    public override string Name => "directory";

    public override string Reads => "StoreDirectory: LogScan, recovery, hard states, snapshots";

    // Each opening reads all segments, writes one, and makes some lists for each record.
    public override int BytesPerByte => 1024;

    public override IEnumerable<byte[]> Seeds() => [DirectoryImage.PackGolden(), OfOnePair()];

    public override byte[] Mutate(byte[] input, Inputs.Mutator mutator) => DirectoryImage.Mutate(input, mutator);

    public override object Read(byte[] input)
    {
        var disk = DirectoryImage.DiskOf(DirectoryImage.Unpack(input));
        var before = Use(disk, writes: true);
        return (before, After: Use(disk, writes: false));
    }

    // The second opening finds what the first one found, and what it wrote.
    public override void Check(object read)
    {
        var (before, after) = ((List<Found>, List<Found>))read;
        foreach (var store in before)
        {
            var again = after.Find(each => each.Owner == store.Owner);
            if (again?.Log != store.Log)
            {
                throw new ViolationException($"{store.Owner} held {store.Log} before a restart, and holds {again?.Log}");
            }
        }
    }

    public override bool IsRefusal(Exception e) => e is StoreException or InvalidDataException;

    private static List<Found> Use(Testing.DiskModel.ModelDisk disk, bool writes)
    {
        var found = new List<Found>();
        using var directory = StoreDirectory.Open(Options, disk, () => Guid.Empty);
        // A mutation may give two slots the same owner. The store of an owner is that of the first slot.
        foreach (var owner in directory.Owners.Distinct())
        {
            using var store = directory.StoreOf(owner);
            try
            {
                var recovered = store.Open(owner, default, new SilentListener());
                found.Add(new Found(owner, Use(directory, store, recovered, writes)));
            }
            catch (StoreException)
            {
                // Damage to one store alone.
            }
        }

        return found;
    }

    private static string Use(StoreDirectory directory, IRaftStore store, RecoveredState recovered, bool writes)
    {
        var (log, snapshot) = (recovered.State.Log, recovered.State.Snapshot);
        if (!log.IsEmpty)
        {
            store.ReadLog(log[0].Index, log[^1].Index);
        }

        if (snapshot is not null)
        {
            store.ReadSnapshot(snapshot.Position, 0, int.MaxValue);
        }

        var last = log.IsEmpty ? recovered.State.Base.Index : log[^1].Index;
        if (writes && last.Value < long.MaxValue)
        {
            var entry = new LogEntry(last.Next, new Term(1), new Serial(1), Payload.NoOp.Instance);
            store.Write(new Effect.Persist(new Ticket(1), null, [entry]));
            directory.WriteQueued();
            last = last.Next;
        }

        return $"{recovered.State.Base}..{last} {snapshot?.Position}";
    }

    private static byte[] OfOnePair()
    {
        var (disk, owner) = (new Testing.DiskModel.ModelDisk(), new StoreOwner("orders", new ProcessName("raft1@node1")));
        using (var directory = StoreDirectory.Open(Options, disk, () => new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)))
        {
            var entry = new LogEntry(new LogIndex(1), new Term(1), new Serial(1), new Payload.Pair(null, "key", new byte[] { 1, 2, 3 }));
            directory.StoreOf(owner).Open(owner, [entry], new SilentListener());
        }

        return DirectoryImage.Pack(disk.Now.Files.Select(file => (file.Key, file.Value)));
    }

    private sealed record Found(StoreOwner Owner, string Log);
}
