namespace RaftActors.Tests;

/// <summary>A raft actor whose rules its test may change on one process alone. It sums the values.</summary>
internal sealed class Drifter : RaftActor<int, int>, IRaftSnapshot<int>
{
    private readonly IActorRef _watcher;
    private readonly Rules _rules;
    private int _sum;

    public Drifter(IActorRef watcher, RaftOptions<int> options, Rules rules)
        : base(options)
    {
        _rules = rules;
        _watcher = watcher;
        Receive<int>(count =>
        {
            for (var i = 0; i < count; i++)
            {
                Group.Append("key", 1, TimeSpan.FromMinutes(1));
            }
        });
        Receive<Exception>(trouble => throw trouble);
        Receive<string>(_ => Sender.Tell(_sum));
    }

    public int TakeSnapshot(Serial serial) => _sum;

    public void RestoreSnapshot(Serial serial, int state) => _sum = state;

    protected override void PreStart() => _watcher.Tell("started");

    protected override int HandleAppend(Entry<int> entry)
    {
        _rules.Check?.Invoke(entry.Serial);
        if (_rules.Reminds)
        {
            Remind("bell", TimeSpan.FromDays(1), 0);
        }

        return (_sum += entry.Value + _rules.Drift) + _rules.Added;
    }

    protected override void HandleReminder(Entry<int> entry)
    {
    }

    protected override ulong? HandleDigest()
    {
        _rules.CountDigest();
        return _rules.Digest is { } digest ? digest((ulong)_sum) : (ulong)_sum;
    }

    /// <summary>Any thread may change them.</summary>
    internal sealed class Rules
    {
        private int _digests;

        /// <summary>Added to each result, and not to the state.</summary>
        public volatile int Added;

        /// <summary>Added to the state with each pair.</summary>
        public volatile int Drift;

        /// <summary>Sets a reminder with each pair.</summary>
        public volatile bool Reminds;

        /// <summary>Makes the digest of the sum; null: it is the sum.</summary>
        public volatile Func<ulong, ulong?>? Digest;

        /// <summary>Called before a pair is applied.</summary>
        public volatile Action<Serial>? Check;

        /// <summary>The calls of HandleDigest.</summary>
        public int Digests => Volatile.Read(ref _digests);

        public void CountDigest() => Interlocked.Increment(ref _digests);
    }
}
