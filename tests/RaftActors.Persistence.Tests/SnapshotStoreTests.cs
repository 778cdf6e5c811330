namespace RaftActors.Persistence.Tests;

/// <summary>What Akka.Persistence asks of a snapshot store: the cases of its SnapshotStoreSpec.</summary>
public sealed class SnapshotStoreTests(OneNode node) : IClassFixture<OneNode>
{
    private static readonly DateTime Begin = new(2026, 12, 1, 8, 0, 0, DateTimeKind.Utc);

    private readonly string _id = $"{Guid.NewGuid():N}";

    [Theory]
    [InlineData(long.MaxValue, 5, long.MaxValue, "s-5")]
    [InlineData(13, 5, long.MaxValue, "s-3")]
    [InlineData(long.MaxValue, 5, 13, "s-3")]
    [InlineData(long.MaxValue, 2, long.MaxValue, "s-2")]
    [InlineData(14, 3, long.MaxValue, "s-3")]
    [InlineData(7, 5, long.MaxValue, null)]
    [InlineData(long.MaxValue, 5, 7, null)]
    [InlineData(long.MaxValue, 0, long.MaxValue, null)]
    public async Task Latest_snapshot_within_the_bounds_is_loaded(long maxNumber, int maxMinutes, long to, string? expected)
    {
        await SaveFiveAsync();

        var loaded = await LoadAsync(new SnapshotSelectionCriteria(maxNumber, Begin.AddMinutes(maxMinutes)), to);

        Assert.Equal(expected, loaded?.Snapshot);
    }

    [Fact]
    public async Task Unknown_id_has_no_snapshot() => Assert.Null(await LoadAsync(SnapshotSelectionCriteria.Latest));

    [Fact]
    public async Task Loaded_snapshot_has_the_metadata_with_which_it_was_saved()
    {
        await SaveFiveAsync();

        Assert.Equal(new SnapshotMetadata(_id, 15, Begin.AddMinutes(5)), (await LoadAsync(SnapshotSelectionCriteria.Latest))?.Metadata);
    }

    [Fact]
    public async Task Snapshot_with_the_same_number_replaces_the_one_before()
    {
        await SaveFiveAsync();
        await SaveAsync(15, Begin.AddHours(1), "modified");

        Assert.Equal("modified", (await LoadAsync(new SnapshotSelectionCriteria(15)))?.Snapshot);
    }

    [Theory]
    [InlineData(3, "s-2")]
    [InlineData(null, "s-2")]
    [InlineData(1, "s-3")]
    public async Task One_snapshot_is_deleted_by_its_number_unless_it_is_newer_than_the_time(int? minutes, string expected)
    {
        await SaveFiveAsync();
        var time = minutes is { } later ? Begin.AddMinutes(later) : DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);
        SnapshotMetadata one = new(_id, 13, time);

        await node.AskAsync<DeleteSnapshotSuccess>(node.Snapshots, new DeleteSnapshot(one));

        Assert.Equal(expected, (await LoadAsync(new SnapshotSelectionCriteria(13)))?.Snapshot);
    }

    [Fact]
    public async Task Snapshots_are_deleted_by_the_bounds_of_their_numbers_and_times()
    {
        await SaveFiveAsync();
        SnapshotSelectionCriteria criteria = new(13, Begin.AddMinutes(3));

        await node.AskAsync<DeleteSnapshotsSuccess>(node.Snapshots, new DeleteSnapshots(_id, criteria));

        Assert.Null(await LoadAsync(criteria));
        Assert.Equal("s-4", (await LoadAsync(new SnapshotSelectionCriteria(14)))?.Snapshot);
    }

    [Fact]
    public async Task Snapshots_newer_than_the_bound_are_not_deleted()
    {
        await SaveFiveAsync();

        await node.AskAsync<DeleteSnapshotsSuccess>(
            node.Snapshots, new DeleteSnapshots(_id, new SnapshotSelectionCriteria(14, Begin.AddMinutes(4).AddTicks(-1))));

        Assert.Equal("s-4", (await LoadAsync(new SnapshotSelectionCriteria(14)))?.Snapshot);
    }

    [Fact]
    public async Task Snapshot_above_the_size_is_refused_with_the_setting()
    {
        var failed = await SaveTooLargeAsync(1);

        Assert.Contains("raft-persistence.write-size-max", failed.Cause.Message, StringComparison.Ordinal);
    }

    // Akka.NET deletes the snapshot of a failed save. The events before an earlier one with its number may be deleted.
    [Fact]
    public async Task Failed_save_keeps_the_snapshot_with_the_same_number()
    {
        await SaveFiveAsync();
        await SaveTooLargeAsync(15);

        // An Append behind that of the deletion.
        await node.AskAsync<DeleteSnapshotSuccess>(node.Snapshots, new DeleteSnapshot(new SnapshotMetadata(_id, 11, Begin.AddMinutes(1))));
        Assert.Equal("s-5", (await LoadAsync(SnapshotSelectionCriteria.Latest))?.Snapshot);
        await node.AskAsync<DeleteSnapshotSuccess>(node.Snapshots, new DeleteSnapshot(new SnapshotMetadata(_id, 15, Begin.AddHours(1))));
        Assert.Equal("s-4", (await LoadAsync(SnapshotSelectionCriteria.Latest))?.Snapshot);
    }

    private Task<SaveSnapshotFailure> SaveTooLargeAsync(long number) => node.AskAsync<SaveSnapshotFailure>(
        node.Snapshots, new SaveSnapshot(new SnapshotMetadata(_id, number, Begin.AddHours(1)), new string('x', 2 * 1024 * 1024)));

    private async Task SaveFiveAsync()
    {
        for (var i = 1; i <= 5; i++)
        {
            await SaveAsync(i + 10, Begin.AddMinutes(i), $"s-{i}");
        }
    }

    private Task SaveAsync(long number, DateTime time, object snapshot) =>
        node.AskAsync<SaveSnapshotSuccess>(node.Snapshots, new SaveSnapshot(new SnapshotMetadata(_id, number, time), snapshot));

    private async Task<SelectedSnapshot?> LoadAsync(SnapshotSelectionCriteria criteria, long to = long.MaxValue) =>
        (await node.AskAsync<LoadSnapshotResult>(node.Snapshots, new LoadSnapshot(_id, criteria, to))).Snapshot;
}
