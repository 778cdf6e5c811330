namespace RaftActors.Core;

/// <summary>
/// The configuration in force: the latest in the log, committed or not (§6). If that one is truncated, the one before is in force, and
/// before the first one the founding roster.
/// </summary>
internal sealed class ConfigurationHistory(Configuration foundingRoster)
{
    private readonly List<(LogIndex Index, Configuration Configuration)> _entries = [];

    /// <summary>All N processes, with the incarnations that this process has recorded so far.</summary>
    public Configuration FoundingRoster { get; set; } = foundingRoster;

    public bool IsEmpty => _entries.Count == 0;

    public Configuration Latest => IsEmpty ? FoundingRoster : _entries[^1].Configuration;

    /// <summary>The configuration that is in force if the latest is truncated, or null if the log has none.</summary>
    public Configuration? BeforeLatest => _entries.Count > 1 ? _entries[^2].Configuration : null;

    /// <summary>The index of the configuration in force, or 0 for the founding roster.</summary>
    public LogIndex LatestIndex => IsEmpty ? LogIndex.Zero : _entries[^1].Index;

    /// <summary>Returns the latest configuration at or below an index, or null.</summary>
    public (LogIndex Index, Configuration Configuration)? LatestUpTo(LogIndex index) =>
        PlaceUpTo(index) is var at and >= 0 ? _entries[at] : null;

    /// <summary>Adds the configuration of an appended entry, if it is one.</summary>
    public void Append(LogEntry entry)
    {
        if (entry.Configuration is { } configuration)
        {
            Invariant.That(entry.Index > LatestIndex, "configurations are in the order of the log");
            _entries.Add((entry.Index, configuration));
        }
    }

    public void TruncateFrom(LogIndex index) => _entries.RemoveAll(entry => entry.Index >= index);

    /// <summary>Removes the configurations before the latest one at or below an index.</summary>
    public void DiscardTo(LogIndex index) => _entries.RemoveRange(0, Math.Max(0, PlaceUpTo(index)));

    /// <summary>Takes the configuration of a snapshot, and keeps those that follow it in the log if the log is kept.</summary>
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
