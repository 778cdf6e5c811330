namespace RaftActors.Core;

/// <summary>Makes a log of pairs that a process had before its group was founded.</summary>
public static class Preload
{
    /// <summary>Entry i has index i, serial i and term 0, the term before any election.</summary>
    public static LogSlice Of(IEnumerable<Payload.Pair> pairs) =>
        [.. pairs.Select((pair, i) => new LogEntry(new LogIndex(i + 1), Term.Zero, new Serial(i + 1), pair))];
}
