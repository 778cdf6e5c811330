using RaftActors.Core;
using RaftActors.Storage.Snapshots;
using RaftActors.Testing.DiskModel;

using static RaftActors.Storage.Tests.Snapshots.SnapshotSamples;

namespace RaftActors.Storage.Tests.Snapshots;

/// <summary>Cuts the power after each operation of the disk.</summary>
public sealed class SnapshotCrashTests
{
    private readonly ModelDisk _disk = new();

    /// <summary>From this number of operations on, this snapshot or a later one must be found.</summary>
    private readonly List<(int Operations, Snapshot Snapshot)> _promised = [];

    [Fact]
    public void Crash_leaves_the_last_saved_snapshot_or_a_later_one()
    {
        var folder = Open(_disk);
        foreach (var snapshot in (Snapshot[])[Of(10, 1500), Of(20, 700), Of(30, 0)])
        {
            folder.Save(snapshot, StateOf(snapshot));
            Promise(snapshot);
            folder.DeleteBefore(snapshot.Position.Index);
        }

        Assert.Equal(30, AssertEveryCutKeepsThePromises(logSaysFrom: int.MaxValue));
    }

    [Fact]
    public void Crash_leaves_a_received_snapshot_once_the_log_records_it()
    {
        var folder = Open(_disk);
        folder.Save(10, 700);
        Promise(Of(10, 700));
        var incoming = Of(20, 1500);
        folder.Write(incoming, 0, StateOf(incoming).AsSpan(..800));
        folder.Write(incoming, 800, StateOf(incoming).AsSpan(800..));
        folder.FinishIncoming(incoming);
        Promise(incoming);
        var logSaysFrom = _disk.Operations.Count;
        folder.Install(incoming.Position);
        folder.DeleteBefore(incoming.Position.Index);
        folder.Save(30, 10);
        Promise(Of(30, 10));

        Assert.Equal(30, AssertEveryCutKeepsThePromises(logSaysFrom));
    }

    [Fact]
    public void Crash_during_recovery_loses_nothing()
    {
        var folder = Open(_disk);
        folder.Save(10, 700);
        var incoming = Of(20, 1500);
        folder.Write(incoming, 0, StateOf(incoming));
        folder.FinishIncoming(incoming);

        var second = new ModelDisk(_disk.Now);
        Open(second, installed: 20);

        Assert.All(second.Cuts(), cut => AssertHolds(Open(new ModelDisk(cut.Found), installed: 20), incoming));
    }

    private void Promise(Snapshot snapshot) => _promised.Add((_disk.Operations.Count, snapshot));

    /// <summary>Returns the index of the latest snapshot found after any cut.</summary>
    private long AssertEveryCutKeepsThePromises(int logSaysFrom)
    {
        var latest = 0L;
        Snapshot[] all = [.. _promised.Select(one => one.Snapshot)];
        foreach (var cut in _disk.Cuts())
        {
            var disk = new ModelDisk(cut.Found);
            var folder = cut.Operations >= logSaysFrom ? Open(disk, installed: 20) : Open(disk);
            var promised = _promised.LastOrDefault(one => one.Operations <= cut.Operations).Snapshot;
            Assert.True(
                promised is null || (folder.Kept.Count > 0 && folder.Kept[^1].Position.Index >= promised.Position.Index),
                $"{promised} is not found after a {cut}");
            Assert.All(folder.Kept, found => AssertHolds(folder, all.Single(one => one.Position == found.Position)));
            Assert.All(disk.List(Folder), file => Assert.EndsWith(".snap", file));
            latest = Math.Max(latest, folder.Kept.Count == 0 ? 0 : folder.Kept[^1].Position.Index.Value);
        }

        return latest;
    }
}
