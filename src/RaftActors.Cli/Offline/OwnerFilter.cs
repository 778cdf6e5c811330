using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Cli.Offline;

/// <summary>Of which stores something is to be shown or done.</summary>
internal sealed record OwnerFilter(string? Group, ProcessName? Process)
{
    /// <summary>All.</summary>
    public bool IsOpen => Group is null && Process is null;

    public bool Admits(StoreOwner owner) => (Group is null || owner.Group == Group) && (Process is null || owner.Name == Process);
}
