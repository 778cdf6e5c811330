namespace RaftActors.Coordination;

/// <summary>A change of items, as <see cref="RaftItems.WatchAsync"/> tells it.</summary>
public abstract record RaftItemChange
{
    private RaftItemChange()
    {
    }

    /// <summary>
    /// All items with the prefix: at the beginning, and again after a gap, when the group has forgotten the changes since the previous
    /// answer. An item that is not in the list was deleted.
    /// </summary>
    /// <param name="Items">Sorted by name.</param>
    public sealed record All(IReadOnlyList<RaftItem> Items) : RaftItemChange;

    /// <summary>An item was written.</summary>
    /// <param name="Item">The item after the write.</param>
    public sealed record Written(RaftItem Item) : RaftItemChange;

    /// <summary>An item was deleted: by a call, by the end of its session, or at the end of its lifetime.</summary>
    /// <param name="Name">The name of the item.</param>
    /// <param name="Version">The serial of the pair that deleted it.</param>
    public sealed record Deleted(string Name, long Version) : RaftItemChange;
}
