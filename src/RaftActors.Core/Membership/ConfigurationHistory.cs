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

    /// <summary>The one in the log to fall back to if the latest is truncated; null if there is none.</summary>
    public Configuration? BeforeLatest => _entries.Count > 1 ? _entries[^2].Configuration : null;

    /// <summary>Where the one in force stands in the log; 0 for the founding roster.</summary>
    public LogIndex LatestIndex => IsEmpty ? LogIndex.Zero : _entries[^1].Index;

    /// <summary>The latest at or below an index, if there is one.</summary>
    public (LogIndex Index, Configuration Configuration)? LatestUpTo(LogIndex index) =>
        PlaceUpTo(index) is var at and >= 0 ? _entries[at] : null;

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

    /// <summary>Forgets what nobody asks for any more when the log begins after an index: all but the latest up to there.</summary>
    public void DiscardTo(LogIndex index) => _entries.RemoveRange(0, Math.Max(0, PlaceUpTo(index)));

    /// <summary>What a snapshot says stands for everything up to it; what the log holds after it, if that is kept, goes on.</summary>
    public void StartFrom(Snapshot snapshot, bool keepsLog)
    {
        _entries.RemoveAll(entry => !keepsLog || entry.Index <= snapshot.Position.Index);
        _entries.Insert(0, (snapshot.ConfigurationIndex, snapshot.Configuration));
    }

    private int PlaceUpTo(LogIndex index)
    {
        var at = _entries.Count - 1;
        while (at >= 0 && _entries[at].Index > index)
        {
            at--;
        }

        return at;
    }
}
