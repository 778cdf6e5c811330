namespace RaftActors.Tests;

/// <summary>A raft actor that cannot apply the pairs of its diet. It tells its watcher each try, its state, and that it leads.</summary>
internal sealed class Picky : RaftActor<string, int>, IRaftSnapshot<string>
{
    private readonly IActorRef _watcher;
    private readonly Diet _diet;
    private string _state = "";

    public Picky(IActorRef watcher, RaftOptions<string> options, Diet diet)
        : base(options)
    {
        (_watcher, _diet) = (watcher, diet);
        Receive<Recorder.Append>(append => Group.Append(append.Key, append.Value, append.Timeout, Sender, append.RequestKey));
        Receive<Recorder.Query>(query => Group.Query(query.Question, query.Timeout, Sender, query.Consistency));
        Receive<Recorder.Snap>(_ => Group.TakeSnapshot());
        Receive<Exception>(trouble => throw trouble);
    }

    public string TakeSnapshot(Serial serial)
    {
        _watcher.Tell($"took {serial}");
        return _state;
    }

    public void RestoreSnapshot(Serial serial, string state)
    {
        _watcher.Tell($"restore {serial}");
        _diet.Check("snapshot");
        _state = state;
        _watcher.Tell($"state{_state}");
    }

    protected override void PreStart() => _watcher.Tell("started");

    protected override void HandleLeader(Leader? leader)
    {
        if (leader is { IsSelf: true, IsReady: true })
        {
            _watcher.Tell("leads");
        }
    }

    protected override int HandleAppend(Entry<string> entry)
    {
        if (entry.Value == "poison")
        {
            _watcher.Tell($"try {entry.Serial}");
            _diet.Check(entry.Value);
        }

        _state += $" {entry.Serial}={entry.Value}";
        _watcher.Tell($"state{_state}");
        return _state.Length;
    }

    protected override object? HandleQuery(object question) => _state;

    protected override void HandleCancel(CanceledCall call) => _watcher.Tell($"cancel {call.Failure.Reason}");

    /// <summary>What the lives of an actor cannot apply. Any thread may change it.</summary>
    internal sealed class Diet
    {
        private volatile string? _refused;

        public string? Refused
        {
            get => _refused;
            set => _refused = value;
        }

        public void Check(string what)
        {
            if (what == _refused)
            {
                throw new InvalidDataException($"there is no way to read {what}");
            }
        }
    }
}
