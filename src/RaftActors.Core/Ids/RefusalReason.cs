namespace RaftActors.Core;

/// <summary>Why a process refuses another.</summary>
internal enum RefusalReason
{
    /// <summary>
    /// Another incarnation of that name is known, because the disk was lost or replaced. The new one does not vote in its place.
    /// </summary>
    OtherIncarnation,

    /// <summary>The sender belongs to another group.</summary>
    OtherGroup,

    /// <summary>The name is not in the roster.</summary>
    NotInRoster,

    /// <summary>The logs differ below their common end, from this serial on.</summary>
    Diverged,

    /// <summary>A majority has the sender's log and not the receiver's. The receiver fences itself.</summary>
    Outvoted,

    /// <summary>The sender is fenced.</summary>
    Fenced,

    /// <summary>
    /// The store is a restored copy, because a later boot of it was recorded. It has forgotten votes and acknowledgements.
    /// </summary>
    RestoredDisk,

    /// <summary>The process was removed from the group.</summary>
    Removed,

    /// <summary>
    /// The logs of the sender and of a third process differ, and no majority shows which one is damaged. The receiver is not refused; it
    /// reports this.
    /// </summary>
    Disputed,

    /// <summary>Another process with the sender's name runs, and a group has one process of a name.</summary>
    NameTaken,

    /// <summary>The program of the receiver cannot read the format level of the group.</summary>
    OldProgram,
}
