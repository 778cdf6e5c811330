using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Cli.Offline;

/// <summary>Selects stores by group and process. Null selects all.</summary>
internal sealed record OwnerFilter(string? Group, ProcessName? Process)
{
    /// <summary>Whether all stores are selected.</summary>
    public bool IsOpen => Group is null && Process is null;

    public bool Admits(StoreOwner owner) => (Group is null || owner.Group == Group) && (Process is null || owner.Name == Process);
}
