namespace RaftActors.Core;

/// <summary>
/// One entry of the Raft log. <paramref name="Serial"/> is that of the last pair up to and including this entry, so no-op and
/// configuration entries repeat the serial before them.
/// </summary>
public readonly record struct LogEntry(LogIndex Index, Term Term, Serial Serial, Payload Payload)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Index}/{Term} s{Serial} {Payload}";
}
