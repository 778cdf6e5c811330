using System.IO.Compression;
using System.Runtime.CompilerServices;

using RaftActors.Storage.Backups;

namespace RaftActors.Storage.Tests.Golden;

/// <summary>
/// A full backup of version 1, and one that continues it. <c>holds.txt</c> lists their contents, and those of a store that is restored from
/// both. <c>RAFTACTORS_REWRITE=1 dotnet test tests/RaftActors.Storage.Tests</c> writes them anew, which is for a format that no released
/// program has used.
/// </summary>
public sealed class GoldenBackupTests : IDisposable
{
    private const string HoldsFile = "holds.txt";

    private static readonly string[] Names = ["full.backup", "continued.backup"];
    private static readonly StoreOwner Owner = new("Größe 漢字", new ProcessName("raft1@node1"));
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    public GoldenBackupTests()
    {
        Write();
        if (Environment.GetEnvironmentVariable("RAFTACTORS_REWRITE") == "1")
        {
            Directory.CreateDirectory(Folder);
            Array.ForEach(Names, name => File.Copy(_folder[name], Path.Combine(Folder, name), overwrite: true));
            File.WriteAllText(Path.Combine(Folder, HoldsFile), Text());
        }

        // A backup is unpacked beside itself.
        Array.ForEach(Names, name => File.Copy(Path.Combine(Folder, name), _folder[$"golden-{name}"]));
    }

    [Fact]
    public void Golden_backups_are_read_and_restored() => Assert.Equal(File.ReadAllText(Path.Combine(Folder, HoldsFile)), Text("golden-"));

    [Fact]
    public void Backups_are_written_with_the_golden_bytes()
    {
        // Without the times of the files, and without the compression, which may change with .NET.
        foreach (var name in Names)
        {
            using var golden = ZipFile.OpenRead(_folder[$"golden-{name}"]);
            using var written = ZipFile.OpenRead(_folder[name]);
            Assert.Equal(golden.Comment, written.Comment);
            Assert.Equal(golden.Entries.Select(entry => entry.FullName), written.Entries.Select(entry => entry.FullName));
            Assert.All(golden.Entries, entry => Assert.Equal(BytesOf(entry), BytesOf(written.GetEntry(entry.FullName)!)));
        }
    }

    public void Dispose() => _folder.Dispose();

    private static string Folder => Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "testdata", "backups-v1");

    private static string ThisFile([CallerFilePath] string file = "") => file;

    private static byte[] BytesOf(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private void Write()
    {
        var identities = 0;
        Guid Identity() => new(++identities, 1, 2, [3, 4, 5, 6, 7, 8, 9, 10]);

        LogPosition end;
        using (BackupWriter full = new(_folder[Names[0]], Owner, continues: null, Identity))
        {
            var (snapshot, state) = Snapshot(5, 2, 300);
            snapshot = snapshot with { Keys = Keys };
            Message.SnapshotChunk Piece(long place) => new(
                snapshot with { Sessions = [], Keys = Keys with { Keys = [] } }, snapshot.Sessions.Length, place, [], default, default, 0)
            {
                KeyCount = Keys.Keys.Length,
            };

            full.Add(Piece(0) with { Sessions = snapshot.Sessions }, default);
            full.Add(Piece(1) with { Keys = Keys.Keys }, default);
            full.Add(Piece(3) with { Data = state }, default);
            full.Add(null, [.. AllKinds(from: 6, term: 3).Select((entry, place) => entry with { Serial = new Serial(SerialAt(place)) })]);
            full.Complete(StoreSamples.Group, At);
            end = full.Position;
        }

        using BackupWriter continued = new(_folder[Names[1]], Owner, end, Identity);
        continued.Add(null, [Entry(11, 3) with { Serial = end.Serial.Next }, KeyedEntry(12, 4) with { Serial = end.Serial.Next.Next }]);
        continued.Complete(StoreSamples.Group, At.AddHours(1));
    }

    // The first three of all kinds have no pair.
    private static long SerialAt(int place) => 5 + Math.Max(0, place - 2);

    private string Text(string prefix = "")
    {
        var text = new StringBuilder();
        string[] paths = [.. Names.Select(name => _folder[prefix + name])];
        foreach (var (name, path) in Names.Zip(paths))
        {
            using BackupFile backup = new(path);
            using var snapshot = backup.OpenSnapshot();
            text.Append($"{name}: {backup.Owner}, group {backup.Uid.Value:N}, at {backup.At:O}, incremental {backup.IsIncremental}\n");
            text.Append($"  from {StoreText.Of(backup.Start)}\n  to {StoreText.Of(backup.End)}\n");
            text.Append($"  snapshot {StoreText.Of(snapshot?.Snapshot)}\n");
            text.Append($"  state {StoreText.Of(snapshot?.TryRead(0, int.MaxValue) ?? [0])}\n");
            text.AppendJoin("", backup.Pages().SelectMany(page => page).Select(entry => $"  {StoreText.Of(entry)}\n"));
        }

        StoreOptions options = new() { Directory = _folder["store"] };
        RestorePlan PlanOf(RestoredContent content) => new(new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), content, [Owner.Name]);
        RestoredStore.Write(options, Owner.Name, PlanOf, paths, At.AddDays(1));
        using (var directory = StoreDirectory.Open(options))
        {
            using var store = directory.StoreOf(Owner);
            var state = store.Open(Owner, [], new SilentListener()).State;
            text.Append($"restored: {StoreText.Of(state.HardState)}\n  snapshot {StoreText.Of(state.Snapshot)}\n");
            text.AppendJoin("", state.Log.Select(entry => $"  {StoreText.Of(entry)}\n"));
        }

        Directory.Delete(_folder["store"], recursive: true);
        return text.ToString();
    }
}
