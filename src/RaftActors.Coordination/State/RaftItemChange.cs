using System.Collections.Immutable;

namespace RaftActors.Coordination;

/// <summary>Items with a prefix after one change of them, as <see cref="RaftItems.WatchAsync"/> tells it.</summary>
public sealed class RaftItemChange
{
    internal RaftItemChange(string? name, long version, ImmutableSortedDictionary<string, RaftItem> items) =>
        (Name, Version, Items) = (name, version, items);

    /// <summary>
    /// The item that was written, or that was deleted: by a call, by the end of its session, or at the end of its lifetime. Null: any items
    /// may have changed. That is so at the beginning, and after a gap, when the group has forgotten the changes since the previous answer,
    /// or was restored from a backup.
    /// </summary>
    public string? Name { get; }

    /// <summary>
    /// All items with the prefix after the change, by name. A deleted one is not among them. A transaction, and the end of a session,
    /// change several items at once: each is told with the items after all of these changes.
    /// </summary>
    public IReadOnlyDictionary<string, RaftItem> Items { get; }

    /// <summary>The version of the item after the change, also of a deleted one. Without a name 0.</summary>
    public long Version { get; }

    /// <inheritdoc/>
    public override string ToString() => Name is null ? $"{Items.Count} items" : $"{Items.GetValueOrDefault(Name)?.Value ?? "no"} {Name}";
}
