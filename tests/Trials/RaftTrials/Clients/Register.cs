namespace RaftTrials.Clients;

/// <summary>
/// The raft actor of the trial: the log of all pairs. HandleAppend returns the number of pairs. The answer to a query is a
/// <see cref="LogAnswer"/> as text.
/// </summary>
public sealed class Register : RaftActor<string, long>
{
    private readonly List<Change> _log = [];
    private WriteLog? _waiting;

    public Register(RaftOptions<string>? options = null)
        : base(options) => Receive<WriteLog>(asked =>
    {
        _waiting = asked;
        WriteIfComplete();
    });

    /// <summary>A pair as a change of the log.</summary>
    public static Change ChangeOf(Entry<string> entry) => new(entry.Serial.Value, $"{entry.Key} {entry.Value}");

    protected override long HandleAppend(Entry<string> entry)
    {
        _log.Add(ChangeOf(entry));
        WriteIfComplete();
        return _log.Count;
    }

    protected override object? HandleQuery(object query) =>
        $"{new LogAnswer(_log.Count, _log is [.., var last] ? last : new Change(0, null))}";

    private void WriteIfComplete()
    {
        if (_waiting is { } asked && _log is [.., var last] && last.Serial >= asked.UpTo)
        {
            File.WriteAllLines(asked.Path, _log.TakeWhile(pair => pair.Serial <= asked.UpTo).Select(pair => pair.ToString()));
            asked.Written();
            _waiting = null;
        }
    }
}

/// <summary>Asks for a file with all pairs up to a serial. It is written when the actor has all of them.</summary>
internal sealed record WriteLog(long UpTo, string Path, Action Written);

/// <summary>The answer to a query.</summary>
/// <param name="Count">The number of pairs that the actor had received.</param>
/// <param name="Last">The latest one.</param>
internal sealed record LogAnswer(long Count, Change Last)
{
    public static LogAnswer Parse(string text) => text.Split(' ', 2) is [var count, var last]
        ? new(long.Parse(count), long.Parse(count) == 0 ? new(0, null) : Change.Parse(last))
        : throw new FormatException(text);

    public override string ToString() => $"{Count} {Last}";
}
