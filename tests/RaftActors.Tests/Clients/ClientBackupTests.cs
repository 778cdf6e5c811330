using RaftActors.Clients;
using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage;
using RaftActors.Storage.Backups;
using RaftActors.Wire;

using TrialKit;

namespace RaftActors.Tests.Clients;

/// <summary>A backup of a process that the test plays.</summary>
public sealed class ClientBackupTests : IDisposable
{
    private static readonly ProcessName Process = new("a@n1");
    private static readonly GroupUid Uid = new(Guid.Parse("11111111-2222-3333-4444-555555555555"));

    private readonly TemporaryFolder _folder = new();
    private readonly List<ClientCall> _calls = [];

    // Of the process: the last entry in its store, the snapshot, and whether it replaces the snapshot at each question for its state.
    private long _end = 4;
    private Snapshot? _snapshot;
    private bool _replaces;
    private GroupUid _uid = Uid;

    [Fact]
    public async Task Process_that_lags_is_asked_until_it_has_what_was_committed_at_the_beginning()
    {
        var backup = await TakeAsync("backup", least: 9);

        Assert.Equal(new Serial(9), backup.Serial);
        Assert.Equal([0, 4, 5, 6, 7, 8, 0], _calls.OfType<ClientCall.BackupBegin>().Select(begin => begin.After.Value));
    }

    [Fact]
    public async Task Backup_begins_anew_when_the_snapshot_was_replaced()
    {
        _snapshot = SnapshotAt(4, stateSize: 10);
        _replaces = true;
        var replaced = 0;

        var backup = await TakeAsync("backup", least: 4, onCall: call => _replaces = call is not ClientCall.BackupState || ++replaced < 3);

        Assert.Equal((3, new Serial(replaced + 3)), (replaced, backup.Serial));
        Assert.Equal(Serial.Zero, backup.After);
    }

    [Fact]
    public async Task Backup_begins_anew_when_the_log_was_compacted()
    {
        var backup = await TakeAsync(
            "backup", least: 4, onCall: call => _snapshot ??= call is ClientCall.BackupLog ? SnapshotAt(4, stateSize: 10) : null);

        Assert.Equal(new Serial(4), backup.Serial);
    }

    [Fact]
    public async Task Backup_ends_when_the_snapshot_is_replaced_again_and_again()
    {
        _snapshot = SnapshotAt(4, stateSize: 10);
        _replaces = true;

        var failure = await Assert.ThrowsAsync<RaftUnavailableException>(() => TakeAsync("backup", least: 4));

        Assert.StartsWith("a@n1 has replaced its snapshot 5 times", failure.Message);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(9, false, "It ends at 4/9 s4, where the process has 4/1 s4.")]
    [InlineData(1, true, "It is of group ")]
    public async Task Backup_of_another_history_or_group_cannot_be_continued(long term, bool isOther, string why)
    {
        WriteOther(4, term, isOther ? new GroupUid(Guid.Parse("99999999999999999999999999999999")) : Uid);
        _end = 6;
        var failure = await Assert.ThrowsAsync<RaftUnavailableException>(
            () => TakeAsync("backup", least: 4, new RaftBackupOptions { Continues = _folder["other"] }));

        Assert.Contains(why, failure.Message);
        Assert.Single(_calls.OfType<ClientCall.BackupBegin>());
    }

    [Fact]
    public async Task Backup_that_ends_with_the_snapshot_is_continued_although_its_last_entry_is_compacted()
    {
        WriteOther(4);
        _snapshot = SnapshotAt(4, stateSize: 10) with { Position = default(LogPosition).After(EntriesTo(1, 4)) };

        var backup = await TakeAsync("backup", least: 6, new RaftBackupOptions { Continues = _folder["other"] });

        Assert.Equal((new Serial(4), new Serial(6)), (backup.After, backup.Serial));
    }

    [Fact]
    public async Task Process_that_lags_behind_the_backup_that_is_continued_is_asked_until_it_has_its_end()
    {
        WriteOther(9);

        var backup = await TakeAsync("backup", least: 9, new RaftBackupOptions { Continues = _folder["other"] });

        Assert.Equal((new Serial(9), new Serial(9)), (backup.After, backup.Serial));
        Assert.Equal([0, 8, 0], _calls.OfType<ClientCall.BackupBegin>().Select(begin => begin.After.Value));
    }

    [Fact]
    public async Task Backup_begins_anew_when_the_process_was_exchanged_for_one_of_another_group()
    {
        var restored = new GroupUid(Guid.NewGuid());

        await TakeAsync("backup", least: 4, onCall: call => _uid = call is ClientCall.BackupLog ? restored : _uid);

        using BackupReader reader = new(_folder["backup"]);
        Assert.Equal(restored, reader.Head.Uid);
    }

    public void Dispose() => _folder.Dispose();

    private static LogSlice EntriesTo(long first, long last, long term = 1) =>
        [.. Enumerable.Range((int)first, (int)(last - first + 1)).Select(number => new LogEntry(
            new LogIndex(number), new Term(term), new Serial(number), null, $"key{number}", new byte[1]))];

    private static Snapshot SnapshotAt(long index, int stateSize) => new(
        new LogPosition(new LogIndex(index), new Term(1), new Serial(index), 7),
        new LogIndex(1),
        new Configuration(Uid, 1, [new Member(Process, default)], [], [], []),
        [],
        stateSize);

    private static byte[] DescriptionOf(Snapshot snapshot)
    {
        ByteWriter writer = new();
        EntryFormat.WriteSnapshot(writer, snapshot);
        return writer.ToArray();
    }

    // A backup to continue.
    private void WriteOther(long last, long term = 1, GroupUid? uid = null)
    {
        using BackupWriter other = new(_folder["other"]);
        other.Begin(new BackupRecord.Head("g", uid ?? Uid, Process, DateTimeOffset.UnixEpoch, IsIncremental: false, default, 0, 0));
        other.Add(EntriesTo(1, last, term));
        other.Complete();
    }

    private Task<RaftBackup> TakeAsync(
        string name, long least, RaftBackupOptions? options = null, Action<ClientCall>? onCall = null)
    {
        ClientBackup backup = new("g", Process, options ?? new RaftBackupOptions(), call =>
        {
            _calls.Add(call);
            onCall?.Invoke(call);
            return Task.FromResult(AnswerTo(call));
        });
        return backup.TakeAsync(_folder[name], new Serial(least));
    }

    private ClientReply AnswerTo(ClientCall call)
    {
        switch (call)
        {
            case ClientCall.BackupBegin begin:
                _end = Math.Max(_end, begin.After.Value + 1);
                return new ClientReply.BackupBegun(
                    _uid,
                    _snapshot?.Position ?? default,
                    _snapshot is null ? 0 : DescriptionOf(_snapshot).Length,
                    _snapshot?.Length ?? 0,
                    new LogIndex(Math.Max(_end, _snapshot?.Position.Index.Value ?? 0)));
            case ClientCall.BackupDescription(_, var offset):
                return new ClientReply.BackupBytes(DescriptionOf(_snapshot!).AsMemory((int)offset));
            case ClientCall.BackupState when _replaces:
                _snapshot = SnapshotAt(_snapshot!.Position.Index.Value + 1, stateSize: 10);
                return new ClientReply.BackupLost("replaced");
            case ClientCall.BackupState(_, var offset):
                return new ClientReply.BackupBytes(new byte[10 - offset]);
            case ClientCall.BackupLog(var first, _) when first <= _snapshot?.Position.Index:
                return new ClientReply.BackupLost("compacted");
            case ClientCall.BackupLog(var first, var last):
                return new ClientReply.BackupEntries(EntriesTo(first.Value, Math.Min(last.Value, first.Value + 1)));
            default:
                throw new InvalidOperationException($"{call}");
        }
    }
}
