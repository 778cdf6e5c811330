using RaftActors.Core;

namespace RaftActors.Storage.Tools;

/// <summary>The end of a log: index and term, which an election compares, and the last serial.</summary>
internal readonly record struct LogEnd(LogIndex Index, Term Term, Serial Serial)
{
    public override string ToString() => $"{Index} of term {Term}, serial {Serial}";

    /// <summary>Returns the end of a log that begins after a position, or of a snapshot that goes beyond the log.</summary>
    internal static LogEnd Of(LogPosition start, LogSlice entries, Snapshot? snapshot)
    {
        var end = entries.IsEmpty ? Of(start) : new LogEnd(entries[^1].Index, entries[^1].Term, entries[^1].Serial);
        return snapshot is { Position: var position } && position.Index > end.Index ? Of(position) : end;
    }

    private static LogEnd Of(LogPosition position) => new(position.Index, position.Term, position.Serial);
}
