using RaftActors.Storage.Backups;

namespace RaftActors.Tests.Clients;

/// <summary>A backup of a process that the test plays.</summary>
public sealed class ClientBackupTests : FolderTest
{
    private const int StateSize = 10;

    private static readonly StoreOwner Process = new("g", new ProcessName("a@n1"));
    private static readonly GroupUid Uid = new(Guid.Parse("11111111-2222-3333-4444-555555555555"));

    private readonly List<ClientCall.Backup> _calls = [];

    // Of the process: the last entry in its store, and the snapshot.
    private long _end = 4;
    private Snapshot? _snapshot;
    private GroupUid _uid = Uid;

    [Fact]
    public async Task Process_that_lags_is_asked_until_it_has_what_was_committed_at_the_beginning()
    {
        var backup = await TakeAsync("backup", least: 9);

        Assert.Equal((new Serial(9), null), (backup.Serial, backup.After));
        Assert.Equal([0, 2, 5, 6, 7, 8, 9], _calls.Select(call => call.Least.Value));
    }

    [Fact]
    public async Task Backup_has_the_entries_without_pairs_that_were_committed_at_the_beginning()
    {
        var backup = await TakeAsync("backup", least: 1);

        Assert.Equal(new Serial(4), backup.Serial);
    }

    [Fact]
    public async Task Snapshot_is_copied_anew_when_the_process_has_replaced_it()
    {
        _snapshot = SnapshotAt(4);
        var replaced = 0;

        var backup = await TakeAsync("backup", least: 4, onCall: call => _snapshot = call.Place > 0 && call.Has == default && replaced < 3
            ? SnapshotAt(4 + ++replaced)
            : _snapshot);

        Assert.Equal((3, new Serial(7)), (replaced, backup.Serial));
        using BackupFile file = new(backup.Path);
        Assert.Equal(SnapshotAt(7).Position, file.Start);
    }

    [Fact]
    public async Task Snapshot_takes_the_place_of_entries_when_the_log_was_compacted()
    {
        var backup = await TakeAsync("backup", least: 9, onCall: call => _snapshot ??= call.Has.Index.Value == 2 ? SnapshotAt(7) : null);

        Assert.Equal(new Serial(9), backup.Serial);
        using BackupFile file = new(backup.Path);
        Assert.Equal(SnapshotAt(7).Position, file.Start);
    }

    [Fact]
    public async Task Backup_ends_when_the_snapshot_is_replaced_again_and_again()
    {
        var failure = await Assert.ThrowsAsync<RaftException>(
            () => TakeAsync("backup", least: 4, onCall: _ => _snapshot = SnapshotAt(++_end)));

        Assert.StartsWith("There is no backup of a@n1 of group g. It has compacted", failure.Failure?.Detail);
        Assert.Equal((6, 0), (_calls.Count, Directory.GetFileSystemEntries(Folder.Path).Length));
    }

    [Fact]
    public async Task Backup_of_another_group_cannot_be_continued()
    {
        await TakeAsync("other", least: 4);
        _uid = new GroupUid(Guid.Parse("99999999999999999999999999999999"));
        _calls.Clear();

        var failure = await Assert.ThrowsAsync<RaftException>(() => TakeAsync("backup", least: 4, continues: "other"));

        Assert.EndsWith("It is of group 99999999, and the backup of group 11111111. Take a full backup.", failure.Message);
        Assert.Single(_calls);
    }

    [Fact]
    public async Task Backup_that_ends_with_the_snapshot_is_continued_although_its_last_entry_is_compacted()
    {
        await TakeAsync("other", least: 4);
        _snapshot = SnapshotAt(4);

        var backup = await TakeAsync("backup", least: 6, continues: "other");

        Assert.Equal((new Serial(4), new Serial(6)), (backup.After, backup.Serial));
    }

    [Fact]
    public async Task Backup_whose_next_entries_are_compacted_cannot_be_continued()
    {
        await TakeAsync("other", least: 4);
        _snapshot = SnapshotAt(5);

        var failure = await Assert.ThrowsAsync<RaftException>(() => TakeAsync("backup", least: 6, continues: "other"));

        Assert.Contains("It has compacted the entries after 4/1 s4", failure.Message);
        Assert.Equal([Folder["other"]], Directory.GetFileSystemEntries(Folder.Path));
    }

    [Fact]
    public async Task Process_that_lags_behind_the_backup_that_is_continued_is_asked_until_it_has_its_end()
    {
        await TakeAsync("other", least: 9);
        _end = 4;
        _calls.Clear();

        var backup = await TakeAsync("backup", least: 9, continues: "other");

        Assert.Equal((new Serial(9), new Serial(9)), (backup.After, backup.Serial));
        Assert.Equal([9], _calls.Select(call => call.Least.Value));
    }

    [Fact]
    public async Task Backup_ends_when_the_process_was_exchanged_for_one_of_another_group()
    {
        var failure = await Assert.ThrowsAsync<RaftException>(() => TakeAsync(
            "backup", least: 4, onCall: call => _uid = call.Has == default ? _uid : new GroupUid(Guid.NewGuid())));

        Assert.Contains("and the backup of group 11111111. Take it again", failure.Message);
        Assert.Empty(Directory.GetFileSystemEntries(Folder.Path));
    }

    [Fact]
    public async Task Progress_tells_the_bytes_so_far_and_those_of_the_snapshot()
    {
        _snapshot = SnapshotAt(4);
        Progress progress = new();

        await TakeAsync("backup", least: 6, progress: progress);

        Assert.Equal([5, 10], progress.Told[..2].Select(told => told.Written));
        Assert.All(progress.Told, told => Assert.Equal(StateSize, told.Snapshot));
        Assert.True(progress.Told[^1].Written > StateSize);
    }

    private static LogSlice EntriesTo(long first, long last) =>
        [.. Enumerable.Range((int)first, (int)(last - first + 1)).Select(number => new LogEntry(
            new LogIndex(number), new Term(1), new Serial(number), null, $"key{number}", new byte[1]))];

    private static Snapshot SnapshotAt(long index) => new(
        default(LogPosition).After(EntriesTo(1, index)),
        new LogIndex(1),
        new Configuration(Uid, 1, [new Member(Process.Name, default)], [], [], []),
        [],
        StateSize);

    private Task<RaftBackup> TakeAsync(
        string name,
        long least,
        string? continues = null,
        Action<ClientCall.Backup>? onCall = null,
        IProgress<(long Written, long? Snapshot)>? progress = null)
    {
        ClientBackup backup = new(
            Process,
            continues is null ? null : Folder[continues],
            progress,
            call =>
            {
                _calls.Add(call);
                onCall?.Invoke(call);
                return Task.FromResult(AnswerTo(call));
            },
            default);
        return backup.TakeAsync(Folder[name], new Serial(least));
    }

    // As a process does that lags: it waits until its log goes up to the entry that the client lacks.
    private ClientReply.BackupPart AnswerTo(ClientCall.Backup call)
    {
        _end = Math.Max(_end, call.Least.Value);
        var (first, end) = (call.Has.Index.Value + 1, new LogIndex(_end));
        if (_snapshot is { } snapshot && (call.Has == default || first <= snapshot.Position.Index.Value))
        {
            var place = snapshot.Position == call.Snapshot ? call.Place : 0;
            Message.SnapshotChunk piece = new(snapshot, 0, place, [], new byte[StateSize / 2], default, Round: 0);
            return new ClientReply.BackupPart(_uid, end, piece, []);
        }

        return new ClientReply.BackupPart(_uid, end, null, EntriesTo(first, Math.Min(_end, first + 1)));
    }

    private sealed class Progress : IProgress<(long Written, long? Snapshot)>
    {
        public List<(long Written, long? Snapshot)> Told { get; } = [];

        public void Report((long Written, long? Snapshot) value) => Told.Add(value);
    }
}
