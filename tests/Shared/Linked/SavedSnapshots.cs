using RaftActors.Core;

namespace RaftActors.Storage;

internal static class SavedSnapshots
{
    /// <summary>Saves a snapshot whose state is in memory.</summary>
    public static void SaveSnapshot(this IRaftStore store, Snapshot snapshot, ReadOnlyMemory<byte> state)
    {
        using var writer = store.BeginSnapshot(snapshot);
        writer.Append(state.Span);
        writer.Complete();
    }
}
