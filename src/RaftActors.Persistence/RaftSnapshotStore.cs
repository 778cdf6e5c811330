using Akka.Persistence;
using Akka.Persistence.Snapshot;

using RaftActors.Persistence.Plugins;
using RaftActors.Persistence.State;

namespace RaftActors.Persistence;

/// <summary>
/// The snapshot store of Akka.Persistence on raft groups: <c>akka.persistence.snapshot-store.plugin =
/// "akka.persistence.snapshot-store.raft"</c>. A snapshot is in the same group as the events of its persistence id.
/// </summary>
internal sealed class RaftSnapshotStore : SnapshotStore
{
    private readonly RaftPersistence _persistence = RaftPersistence.Get(Context.System);

    // A call that a busy leader has refused is sent again. Without the order, a deletion could delete a snapshot that was saved after it.
    private readonly UnderWay _changing = new();
    private SnapshotMetadata? _failed;

    /// <inheritdoc/>
    protected override bool ReceivePluginInternal(object message)
    {
        _failed = (message as SaveSnapshotFailure)?.Metadata;
        return false;
    }

    /// <inheritdoc/>
    protected override async Task<SelectedSnapshot?> LoadAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        var (answer, _) = await _persistence.Calls.AskAsync<byte[]>(
            new Question.Snapshot(persistenceId, BoundsOf(criteria)), cancellation: cancellationToken).ConfigureAwait(false);
        if (answer.Length == 0)
        {
            return null;
        }

        var (number, ticks, bytes) = Binary.Read(answer, reader => (reader.ReadInt64(), reader.ReadInt64(), reader.ReadBlock()));
        return new SelectedSnapshot(
            new SnapshotMetadata(persistenceId, number, new DateTime(ticks, DateTimeKind.Utc)), _persistence.Payloads.ReadSnapshot(bytes));
    }

    /// <inheritdoc/>
    protected override async Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken)
    {
        var bytes = _persistence.Payloads.WriteSnapshot(snapshot);
        var max = _persistence.Settings.WriteSizeMaxBytes;
        if (bytes.Length > max - CommandCodec.OverheadOf(metadata.PersistenceId))
        {
            throw RaftJournal.TooLarge("The snapshots", metadata.PersistenceId, bytes.Length, max);
        }

        StoredSnapshot stored = new(metadata.SequenceNr, TicksOf(metadata.Timestamp), bytes);
        await AppendAsync(metadata.PersistenceId, new Command.SaveSnapshot(stored), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken)
    {
        // Akka.NET deletes what a failed save may have left. Here each snapshot is whole, and an earlier one with the number must stay,
        // because the events before it may be deleted.
        if (ReferenceEquals(metadata, _failed))
        {
            return Task.CompletedTask;
        }

        var ticks = metadata.Timestamp == DateTime.MinValue ? DateTime.MaxValue.Ticks : TicksOf(metadata.Timestamp);
        SnapshotBounds bounds = new(metadata.SequenceNr, metadata.SequenceNr, 0, ticks);
        return AppendAsync(metadata.PersistenceId, new Command.DeleteSnapshots(bounds), cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task DeleteAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        AppendAsync(persistenceId, new Command.DeleteSnapshots(BoundsOf(criteria)), cancellationToken);

    // Called in the turn of the store, so the calls of an id begin in their order.
    private Task AppendAsync(string id, Command command, CancellationToken cancellation) =>
        _changing.RunAsync(id, () => _persistence.Calls.AppendAsync(id, command, cancellation), cancellation);

    private static SnapshotBounds BoundsOf(SnapshotSelectionCriteria criteria) => new(
        criteria.MinSequenceNr,
        criteria.MaxSequenceNr,
        criteria.MinTimestamp is { } least ? TicksOf(least) : 0,
        TicksOf(criteria.MaxTimeStamp));

    // Akka.NET gives times in UTC, some of them without saying so.
    private static long TicksOf(DateTime time) => (time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time).Ticks;
}
