using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>
/// The range of a log: it holds the entries after <see cref="Base"/> up to <see cref="Last"/>. This type alone says how each write changes
/// a log. The memory store, the log writer and recovery all use it.
/// </summary>
internal record struct LogRange(LogPosition Base, LogIndex Last)
{
    public readonly long Count => Last.Value - Base.Index.Value;

    /// <summary>Tells whether an entry at this index leaves no gap and lies above the base.</summary>
    public readonly bool CanAppend(LogIndex index) => index > Base.Index && index <= Last.Next;

    /// <summary>Appends an entry. It replaces all entries at and above its index.</summary>
    public void Append(LogIndex index)
    {
        // Invariant: a log has no gap, and no entry at or below its base.
        if (!CanAppend(index))
        {
            throw new InvalidOperationException($"Entry {index} does not fit a log of entries {Base.Index.Next} to {Last}.");
        }

        Last = index;
    }

    /// <summary>
    /// Discards the entries up to a position. A log that ends before the position becomes empty. Returns false if the log begins there
    /// already, or later.
    /// </summary>
    public bool Discard(LogPosition position)
    {
        if (position.Index <= Base.Index)
        {
            return false;
        }

        MoveBase(position, keepsRest: true);
        return true;
    }

    /// <summary>Begins the log after an installed snapshot. Without <paramref name="keepsLog"/>, the entries after it go too.</summary>
    public void Install(LogPosition position, bool keepsLog)
    {
        // Invariant: the base never moves back, because the entries above the new base may be gone.
        if (position.Index < Base.Index)
        {
            throw new InvalidOperationException($"A snapshot up to {position} was to be installed in a log that begins after {Base}.");
        }

        MoveBase(position, keepsLog);
    }

    /// <summary>Begins the log after a position, in either direction, with or without the entries after it.</summary>
    public void MoveBase(LogPosition position, bool keepsRest) =>
        (Base, Last) = (position, keepsRest && Last > position.Index ? Last : position.Index);
}
