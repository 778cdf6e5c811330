namespace KeyValueTrials.Check;

/// <summary>A PUT or DELETE of a client, with all its attempts.</summary>
/// <param name="Client">Clients call one after the other.</param>
/// <param name="Value">Unique text; null: a DELETE.</param>
/// <param name="Condition">The ETag of If-Match; <see cref="IfAbsent"/>, <see cref="IfPresent"/>; null: none.</param>
/// <param name="Began">Time of the first attempt, by the monotonic clock.</param>
internal sealed record WriteCall(int Client, string Key, string? Value, long? Condition, long Began)
{
    public const long IfAbsent = 0;

    public const long IfPresent = -1;

    /// <summary>Time of the answer. The maximum: there was none.</summary>
    public long Ended { get; set; } = long.MaxValue;

    public WriteEnd End { get; set; } = WriteEnd.Unknown;

    /// <summary>The serial of the applied or refused change.</summary>
    public long Serial { get; set; }

    /// <summary>The answer says that there was no item before, or that there was one. Null: it says neither.</summary>
    public bool? WasAbsent { get; set; }

    /// <summary>The answers of attempts after the first answered one: applied or refused, and the serial.</summary>
    public List<(WriteEnd End, long Serial)> Repeats { get; } = [];

    public override string ToString() => $"client {Client} {(Value is null ? "DELETE" : $"PUT {Value}")} {Key}"
        + $"{(Condition is { } condition ? $" if {condition}" : "")}: {End} {Serial}";
}

/// <summary>How a write ended.</summary>
internal enum WriteEnd
{
    /// <summary>The change was made, is made later, or never.</summary>
    Unknown,

    /// <summary>The change was made.</summary>
    Applied,

    /// <summary>The condition was not met.</summary>
    Refused,

    /// <summary>No attempt changed anything.</summary>
    NotMade,
}

/// <summary>A GET that was answered.</summary>
/// <param name="Life">The process that answered: a node that restarts has another one.</param>
/// <param name="SeenBefore">The serial of the group in the session of the request; 0: none.</param>
/// <param name="Serial">The ETag; 0: not found.</param>
/// <param name="Value">Null: not found.</param>
/// <param name="At">The serial of the state that answered. Null: the answer does not tell.</param>
internal sealed record ReadCall(
    int Client, string Key, Level Level, string Life, long SeenBefore, long Began, long Ended, long Serial, string? Value, long? At)
{
    public override string ToString() =>
        $"client {Client} {Level} GET {Key} at {Life}: {(Value is null ? "not found" : $"{Serial} {Value}")}, "
        + $"state {At}, seen {SeenBefore}";
}

/// <summary>The consistency of a read.</summary>
internal enum Level
{
    Linearizable,
    Lease,
    Session,
    Local,
}

/// <summary>A change of an item, as a watch shows it.</summary>
/// <param name="Value">Null: the item was deleted.</param>
internal sealed record Change(long Serial, string? Value)
{
    public override string ToString() => $"{Serial} {Value ?? "deleted"}";
}

/// <summary>One connection of a watch.</summary>
/// <param name="After">The serial that the client asked for.</param>
internal sealed record WatchCall(string Key, long After, List<Change> Changes);
