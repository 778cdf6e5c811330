namespace TrialKit.Calls;

/// <summary>A write of a client, with all its attempts.</summary>
/// <param name="Client">The session to which the call belongs.</param>
/// <param name="Value">Unique text; null: the item is deleted.</param>
/// <param name="Condition">The serial that the item must have; <see cref="IfAbsent"/>, <see cref="IfPresent"/>; null: none.</param>
/// <param name="Began">Time before the first attempt, by the monotonic clock, which all processes of a machine share.</param>
public sealed record WriteCall(string Client, string Key, string? Value, long? Condition, long Began)
{
    public const long IfAbsent = 0;

    public const long IfPresent = -1;

    private const string Tag = "@write";

    /// <summary>Time after the last answer. The maximum: the call has not ended.</summary>
    public long Ended { get; set; } = long.MaxValue;

    public WriteEnd End { get; set; } = WriteEnd.Unknown;

    /// <summary>The serial of the committed or refused change.</summary>
    public long Serial { get; set; }

    /// <summary>The answer says that there was no item before, or that there was one. Null: it says neither.</summary>
    public bool? WasAbsent { get; set; }

    /// <summary>The number of the change among those of its key, from 1, as the answer has it. Null: it does not tell.</summary>
    public long? Place { get; set; }

    /// <summary>The answers of attempts after the first answered one.</summary>
    public List<(WriteEnd End, long Serial, long? Place)> Repeats { get; } = [];

    /// <summary>Parses a line of <see cref="ToLine"/>; null: another line.</summary>
    public static WriteCall? Parse(string line) =>
        line.Split(' ') is [Tag, var client, var key, var value, var began, var ended, var end, var serial]
            ? new(client, key, value, null, long.Parse(began))
            {
                Ended = long.Parse(ended),
                End = Enum.Parse<WriteEnd>(end),
                Serial = long.Parse(serial),
            }
            : null;

    /// <summary>The call as a line in the output of another process, for an unconditional write.</summary>
    public string ToLine() => $"{Tag} {Client} {Key} {Value} {Began} {Ended} {End} {Serial}";

    public override string ToString() => $"{Client}: {(Value is null ? "delete" : $"write {Value} to")} {Key}"
        + $"{(Condition is { } condition ? $" if {condition}" : "")}: {End} {Serial}";
}

/// <summary>The end of a write, as its client was told.</summary>
public enum WriteEnd
{
    /// <summary>The change was made, is made later, or never.</summary>
    Unknown,

    /// <summary>The change was made.</summary>
    Committed,

    /// <summary>The condition was not met.</summary>
    Refused,

    /// <summary>No attempt changed anything, or will.</summary>
    NotCommitted,
}

/// <summary>A read that was answered.</summary>
/// <param name="Life">The process that answered: a node that restarts has another one.</param>
/// <param name="SeenBefore">The serial that the answering state had to include; 0: none.</param>
/// <param name="Serial">The serial of the item; 0: not found.</param>
/// <param name="Value">Null: not found.</param>
/// <param name="At">The serial of the state that answered. Null: the answer does not tell.</param>
/// <param name="Place">The number of changes of the key in that state. Null: the answer does not tell.</param>
public sealed record ReadCall(
    string Client,
    string Key,
    Level Level,
    string Life,
    long SeenBefore,
    long Began,
    long Ended,
    long Serial,
    string? Value,
    long? At,
    long? Place = null)
{
    public override string ToString() =>
        $"{Client}: {Level} read of {Key} at {Life}: {(Value is null ? "not found" : $"{Serial} {Value}")}, state {At}, seen {SeenBefore}";
}

/// <summary>The consistency of a read.</summary>
public enum Level
{
    Linearizable,
    Lease,
    Session,
    Local,
}

/// <summary>A change of an item.</summary>
/// <param name="Value">Null: the item was deleted.</param>
public sealed record Change(long Serial, string? Value)
{
    /// <summary>Parses a serial and a value, with a space between them.</summary>
    public static Change Parse(string line) => line.Split(' ', 2) is [var serial, .. var rest]
        ? new(long.Parse(serial), rest.FirstOrDefault())
        : throw new FormatException(line);

    public override string ToString() => $"{Serial} {Value ?? "deleted"}";
}

/// <summary>The changes that a client received one after the other: those of a subscription, or one that it asked for.</summary>
/// <param name="After">The serial after which it asked.</param>
/// <param name="Reported">A serial that was committed when it asked.</param>
public sealed record WatchCall(string Key, long After, List<Change> Changes, long Reported = 0);

/// <summary>What one node has at the end.</summary>
/// <param name="Histories">The changes of each key from its first one to the same last one on all nodes.</param>
public sealed record Copy(string Name, Dictionary<string, List<Change>> Histories)
{
    /// <summary>The item of each key, as a local read has it. Empty: none was read.</summary>
    public Dictionary<string, Change> Last { get; init; } = [];

    /// <summary>The changes of each key in the files of the node. A snapshot covers those before the first.</summary>
    public Dictionary<string, List<Change>> Files { get; init; } = [];
}
