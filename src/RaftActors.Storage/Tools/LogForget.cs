using RaftActors.Core;
using RaftActors.Storage.Log;

namespace RaftActors.Storage.Tools;

/// <summary>Takes the store of one process out of a directory, so that the process starts with an empty one.</summary>
internal sealed class LogForget : IDisposable
{
    private readonly OfflineDirectory _offline;
    private readonly SlotReplay _slot;

    private LogForget(OfflineDirectory offline, SlotReplay slot) => (_offline, _slot) = (offline, slot);

    /// <summary>The process whose store will be empty.</summary>
    public StoreOwner Owner => _slot.Owner;

    /// <summary>The last index of the log.</summary>
    public LogIndex Last => _slot.Range.Last;

    /// <summary>Locks the directory, and finds the store.</summary>
    /// <param name="process">The process, or null if the directory has only one of the group.</param>
    /// <param name="isSharedAllowed">Accepts a directory that other users can change.</param>
    /// <exception cref="StoreException">The directory cannot be changed, or has not exactly one such store.</exception>
    public static LogForget Open(string directory, string group, ProcessName? process, bool isSharedAllowed) =>
        OfflineDirectory.ToChange(directory, isSharedAllowed, offline =>
        {
            var slots = LogReader.OfAll(offline.Disk).Slots;
            var found = slots.Where(slot => slot.Owner.Group == group && (process is null || slot.Owner.Name == process)).ToList();
            return found is [var one]
                ? new LogForget(offline, one)
                : throw new StoreException(
                    $"{offline.Path} has {(found.Count == 0 ? "no" : "more than one")} store of "
                    + $"{(process is { } name ? $"{new StoreOwner(group, name)}" : $"group {group}")}. It has those of "
                    + $"{string.Join(", ", slots.Select(slot => slot.Owner))}. Name {(found.Count == 0 ? "one of them" : "the process")}.");
        });

    /// <summary>Takes the store out. A crash at any point leaves the whole store or none.</summary>
    /// <exception cref="StoreException">The disk has failed.</exception>
    public void Apply()
    {
        using var directory = StoreDirectory.Open(new StoreOptions { Directory = _offline.Path }, _offline.Disk);
        directory.Forget(Owner);
    }

    public void Dispose() => _offline.Dispose();
}
