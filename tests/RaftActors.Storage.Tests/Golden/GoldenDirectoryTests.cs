using System.Runtime.CompilerServices;

using StoreSamples = RaftActors.Storage.Tests.Contract.StoreSamples;

namespace RaftActors.Storage.Tests.Golden;

/// <summary>
/// A directory of version 1: two stores in a log of several segments, own, received and streamed snapshots, with every field set.
/// <c>holds.txt</c> lists the contents. <c>RAFTACTORS_REWRITE=1 dotnet test tests/RaftActors.Storage.Tests</c> writes it anew, which is for
/// a format that no released program has used.
/// </summary>
public sealed class GoldenDirectoryTests
{
    private const string HoldsFile = "holds.txt";

    private static readonly StoreOwner[] Owners =
        [new("payments", new ProcessName("raft1@node1")), new("Größe 漢字", new ProcessName("raft2@node1"))];

    public GoldenDirectoryTests()
    {
        if (Environment.GetEnvironmentVariable("RAFTACTORS_REWRITE") == "1")
        {
            Rewrite();
        }
    }

    [Fact]
    public void Golden_directory_is_read()
    {
        Assert.Equal(File.ReadAllText(Path.Combine(Folder, HoldsFile)), Text(new ModelDisk(Load())));
    }

    [Fact]
    public void Directory_is_written_with_the_golden_bytes()
    {
        var (golden, written) = (Load(), Write());

        Assert.Equal(golden.Files.Keys, written.Files.Keys);
        Assert.All(golden.Files, file => Assert.Equal(file.Value, written.Files[file.Key]));
    }

    private static string Folder => Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "testdata", "v1");

    private static string ThisFile([CallerFilePath] string file = "") => file;

    private static DiskImage Write()
    {
        var disk = new ModelDisk();
        var identities = 0;
        var options = new StoreOptions
        {
            Directory = "v1",
            SegmentSizeBytes = 4096,
            BatchSizeMaxBytes = 2048,
            FreeSpaceFloorBytes = 0,
        };
        using (var directory = StoreDirectory.Open(options, disk, () => new Guid(++identities, 1, 2, [3, 4, 5, 6, 7, 8, 9, 10])))
        {
            var listener = new SilentListener();
            var (one, other) = (directory.StoreOf(Owners[0]), directory.StoreOf(Owners[1]));
            var preload = Preload.Of([new Payload.Pair(null, "old", Bytes(5, 1)), new Payload.Pair(null, "older", Bytes(0, 1))]);
            one.Open(Owners[0], preload, listener);
            other.Open(Owners[1], default, listener);
            one.Write(new Effect.Persist(new Ticket(1), HardState(3, isFull: true), [.. AllKinds(from: 3, term: 2)]));
            directory.WriteQueued();
            var saved = Snapshot(5, 2, 70_000);
            one.SaveSnapshot(saved.Snapshot, saved.State);
            directory.WriteQueued();
            one.Write(new Effect.Discard(Position(3, 2), new LogIndex(5)));
            one.Write(new Effect.Persist(new Ticket(2), null, [Entry(7, 3, "replaces"), Entry(8, 3, "long", size: 1500)]));
            other.Write(new Effect.Persist(new Ticket(1), HardState(1), [Entry(1, 1), Entry(2, 1)]));
            directory.WriteQueued();
            var incoming = Snapshot(20, 4, 300);
            incoming = incoming with { Snapshot = incoming.Snapshot with { Keys = Keys } };
            other.Write(new Effect.StoreChunk(new Ticket(2), incoming.Snapshot, 0, incoming.State[..200]));
            other.Write(new Effect.StoreChunk(new Ticket(3), incoming.Snapshot, 200, incoming.State[200..]));
            other.Write(new Effect.InstallSnapshot(new Ticket(4), incoming.Snapshot, KeepsLog: false));
            other.Write(new Effect.Persist(new Ticket(5), HardState(4), [Entry(21, 4, "after"), KeyedEntry(22, 4)]));
            directory.WriteQueued();
            var bound = HardState(4, isFull: true) with { Promise = 190_000 };
            one.Write(new Effect.Persist(new Ticket(3), bound, [Entry(9, 4, "fills", size: 1900)]));
            directory.WriteQueued();
            one.NoteCommitted(new LogIndex(8));
            one.Write(new Effect.Persist(new Ticket(4), null, [Entry(10, 4, "rolls", size: 1900)]));
            directory.WriteQueued();
            Stream(one, Snapshot(8, 3, 70_000));
        }

        return disk.Now;
    }

    private static void Stream(IRaftStore store, SavedSnapshot saved)
    {
        using var writer = store.BeginSnapshot(saved.Snapshot with { Length = 0 });
        writer.Append(saved.State.Span[..50_000]);
        writer.Append(saved.State.Span[50_000..]);
        writer.Complete();
    }

    private static string Text(ModelDisk disk)
    {
        var text = new StringBuilder();
        using var directory = StoreDirectory.Open(new StoreOptions { Directory = "golden", FreeSpaceFloorBytes = 0 }, disk);
        foreach (var owner in Owners)
        {
            using var store = directory.StoreOf(owner);
            var found = store.Open(owner, default, new SilentListener());
            var (state, snapshot) = (found.State, found.State.Snapshot!);
            text.Append($"{owner}, incarnation {found.Incarnation.Value:N}, {(found.IsNew ? "new" : "found")}\n");
            text.Append($"  {StoreText.Of(state.HardState)}\n  the log begins after {StoreText.Of(state.Base)}\n");
            text.Append(state.Committed > LogIndex.Zero ? $"  committed to {state.Committed}\n" : "");
            text.Append($"  snapshot {StoreText.Of(snapshot)}\n");
            text.Append($"    {StoreText.Of(store.ReadSnapshot(snapshot.Position, 0, (int)snapshot.Length).Span)}\n");
            text.AppendJoin("", state.Log.Select(entry => $"  {StoreText.Of(entry)}\n"));
            text.AppendJoin("", found.Notes.Select(note => $"  {note}\n"));
        }

        return text.ToString();
    }

    private static DiskImage Load()
    {
        var image = DiskImage.Empty;
        foreach (var path in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(Folder, path).Replace('\\', '/');
            image = name == HoldsFile ? image : image.With(name, File.ReadAllBytes(path));
            for (var parent = Path.GetDirectoryName(name)!; parent.Length > 0; parent = Path.GetDirectoryName(parent)!)
            {
                image = image with { Folders = image.Folders.Add(parent) };
            }
        }

        return image;
    }

    private static void Rewrite()
    {
        var (image, folder) = (Write(), Folder);
        Directory.CreateDirectory(folder);
        Directory.Delete(folder, recursive: true);
        foreach (var (name, bytes) in image.Files)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }

        File.WriteAllText(Path.Combine(folder, HoldsFile), Text(new ModelDisk(image)));
    }
}
