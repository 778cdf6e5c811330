namespace RaftActors.Coordination;

/// <summary>A change of items, as <see cref="RaftItems.WatchAsync"/> tells it.</summary>
public abstract record RaftItemChange
{
    private RaftItemChange()
    {
    }

    /// <summary>
    /// All items with the prefix: at the beginning, and again after a gap, when the group has forgotten the changes since the previous
    /// answer or was restored from a backup. An item that is not in the list was deleted.
    /// </summary>
    public sealed record All : RaftItemChange
    {
        internal All(IReadOnlyList<RaftItem> items) => Items = items;

        /// <summary>Sorted by name.</summary>
        public IReadOnlyList<RaftItem> Items { get; }
    }

    /// <summary>An item was written.</summary>
    public sealed record Written : RaftItemChange
    {
        internal Written(RaftItem item) => Item = item;

        /// <summary>The item after the write.</summary>
        public RaftItem Item { get; }
    }

    /// <summary>An item was deleted: by a call, by the end of its session, or at the end of its lifetime.</summary>
    public sealed record Deleted : RaftItemChange
    {
        internal Deleted(string name, long version) => (Name, Version) = (name, version);

        /// <summary>The name of the item.</summary>
        public string Name { get; }

        /// <summary>The stamp of the pair that deleted it.</summary>
        public long Version { get; }
    }
}
