namespace RaftActors;

/// <summary>A pair that a process wants to append. The leader has not written it yet.</summary>
/// <typeparam name="TValue">The type of the values of the group.</typeparam>
public sealed record Proposal<TValue>
{
    internal Proposal(string key, TValue value, ProcessName origin) => (Key, Value, Origin) = (key, value, origin);

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>The value.</summary>
    public TValue Value { get; }

    /// <summary>The process that called Append.</summary>
    public ProcessName Origin { get; }
}
