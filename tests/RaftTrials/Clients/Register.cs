using RaftActors;

namespace RaftTrials.Clients;

/// <summary>
/// The raft actor of the trial: for each key, the number of pairs and the latest value. HandleAppend returns the number. A query is a key,
/// and the answer is a <see cref="KeyAnswer"/> as text.
/// </summary>
internal sealed class Register : RaftActor<string, long>
{
    private readonly List<LoggedPair> _log = [];
    private readonly Dictionary<string, KeyState> _keys = [];
    private Serial _serial;
    private WriteLog? _waiting;

    public Register(RaftOptions<string>? options = null)
        : base(options) => Receive<WriteLog>(asked =>
    {
        _waiting = asked;
        WriteIfComplete();
    });

    protected override long HandleAppend(Entry<string> entry)
    {
        _serial = entry.Serial;
        _log.Add(new LoggedPair(entry.Serial.Value, entry.Key, entry.Value));
        var count = _keys.GetValueOrDefault(entry.Key, KeyState.Initial).Count + 1;
        _keys[entry.Key] = new KeyState(count, entry.Value);
        WriteIfComplete();
        return count;
    }

    protected override object? HandleQuery(object query) =>
        new KeyAnswer(_serial.Value, _keys.GetValueOrDefault((string)query, KeyState.Initial)).ToString();

    private void WriteIfComplete()
    {
        if (_waiting is { } asked && _serial.Value >= asked.UpTo)
        {
            File.WriteAllLines(asked.Path, _log.TakeWhile(pair => pair.Serial <= asked.UpTo).Select(pair => pair.ToString()));
            asked.Written();
            _waiting = null;
        }
    }
}

/// <summary>Asks for a file with all pairs up to a serial. It is written when the actor has all of them.</summary>
internal sealed record WriteLog(long UpTo, string Path, Action Written);

/// <summary>A pair in the log of a process.</summary>
internal sealed record LoggedPair(long Serial, string Key, string Id)
{
    public static LoggedPair Parse(string line) =>
        line.Split(' ') is [var serial, var key, var id] ? new(long.Parse(serial), key, id) : throw new FormatException(line);

    public override string ToString() => $"{Serial} {Key} {Id}";
}

/// <summary>The state of one key.</summary>
/// <param name="Count">The number of pairs.</param>
/// <param name="Last">The latest value.</param>
internal readonly record struct KeyState(long Count, string Last)
{
    public static KeyState Initial { get; } = new(0, "-");
}

/// <summary>The answer to a query.</summary>
/// <param name="Serial">The last serial that the answering actor had received.</param>
internal readonly record struct KeyAnswer(long Serial, KeyState State)
{
    public static KeyAnswer Parse(string text) =>
        text.Split(' ') is [var serial, var count, var last]
            ? new(long.Parse(serial), new(long.Parse(count), last))
            : throw new FormatException(text);

    public override string ToString() => $"{Serial} {State.Count} {State.Last}";
}
