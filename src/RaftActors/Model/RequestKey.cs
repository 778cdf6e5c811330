namespace RaftActors;

/// <summary>
/// Makes an Append safe to repeat: by any client or process, after restarts, under any leader. The group appends one pair for a key, and
/// answers each repeat with the serial of that pair. It does not compare the values: the first pair counts. The group remembers the keys
/// of the last 16,384 keyed pairs. A text converts to a key without <paramref name="Since"/>.
/// </summary>
/// <param name="Text">
/// Names the operation, such as the number of an order. Not empty, of any length: the log holds 16 bytes of its SHA-256.
/// </param>
/// <param name="Since">
/// A serial that the caller knew before its first attempt, such as the one of an earlier outcome; the same for each attempt. With it the
/// Append ends as <see cref="FailureReason.Forgotten"/> if the group may have forgotten the key. Null: a repeat of a forgotten key is
/// appended again.
/// </param>
public readonly record struct RequestKey(string Text, Serial? Since = null)
{
    /// <summary>Returns the key with this text.</summary>
    public static implicit operator RequestKey(string text) => new(text);
}
