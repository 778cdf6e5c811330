namespace RaftActors.Core;

/// <summary>
/// A rolling 64-bit hash over the pairs of a log and their times. Two logs with the same pairs up to a place have the same hash there,
/// whatever no-op and configuration entries lie between. It detects accidents, not attackers. It is the same on every machine, and part of
/// the format.
/// </summary>
internal static class PrefixHash
{
    public const ulong Empty = 0;

    public static ulong Extend(ulong prefix, in LogEntry entry)
    {
        if (entry.Key is not { } key)
        {
            return prefix;
        }

        // Both lengths are hashed, so that ("ab", "c") and ("a", "bc") differ.
        var value = entry.Value;
        var hash = StateHash.Mix(StateHash.Mix(prefix ^ (uint)key.Length, (uint)value.Length), (ulong)entry.Time.Milliseconds);
        hash = entry.Count > 1 ? StateHash.Mix(hash, (ulong)entry.Count) : hash;
        return StateHash.Extend(StateHash.Extend(hash, key), value.Span);
    }
}
