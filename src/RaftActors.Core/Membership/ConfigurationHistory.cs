namespace RaftActors.Core;

/// <summary>
/// Which configuration is in force: the latest in the log, committed or not (§6); when that one is truncated, the one before it; before
/// the first, the founding roster.
/// </summary>
internal sealed class ConfigurationHistory(Configuration foundingRoster)
{
    private readonly List<(LogIndex Index, Configuration Configuration)> _entries = [];

    /// <summary>All N processes, with the incarnations that this process has recorded so far.</summary>
    public Configuration FoundingRoster { get; set; } = foundingRoster;

    /// <summary>No configuration is in the log.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>The one in force.</summary>
    public Configuration Latest => IsEmpty ? FoundingRoster : _entries[^1].Configuration;

    /// <summary>Where the one in force stands in the log; 0 for the founding roster.</summary>
    public LogIndex LatestIndex => IsEmpty ? LogIndex.Zero : _entries[^1].Index;

    /// <summary>The latest at or below an index, if there is one.</summary>
    public Configuration? LatestUpTo(LogIndex index) => _entries.FindLast(entry => entry.Index <= index).Configuration;

    /// <summary>Takes note of an appended entry.</summary>
    public void Append(LogEntry entry)
    {
        if (entry.Payload is Payload.Reconfigure(var configuration))
        {
            _entries.Add((entry.Index, configuration));
        }
    }

    /// <summary>Forgets what stood at and above an index.</summary>
    public void TruncateFrom(LogIndex index) => _entries.RemoveAll(entry => entry.Index >= index);
}
