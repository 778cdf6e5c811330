namespace RaftActors.Dashboard.Sampling;

/// <summary>The content of one page.</summary>
/// <param name="Name">The name of the group, of the shards or of the lock. Null for a page without a name.</param>
internal sealed record Subject(PageKind Kind, string? Name = null)
{
    public static Subject Overview { get; } = new(PageKind.Overview);
}

internal enum PageKind
{
    Overview,
    Group,
    Shards,

    Log,

    /// <summary>The sessions and locks of the coordination group.</summary>
    Coordination,

    /// <summary>One lock of the coordination group.</summary>
    Lock,
}
