using System.Text.Json;

using Akka.Actor;

namespace RaftActors.Simulator.Actors;

/// <summary>A sum for each key, with snapshots. Also adds to the sums itself, and fails at times.</summary>
internal class Sums : RaftActor<int, int>, IRaftSnapshot<byte[]>, IWithTimers
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private const int FailsEvery = 10;

    private readonly SumsCalls? _calls;
    private State _state = new([], []);

    public Sums(SumsCalls? calls = null)
    {
        _calls = calls;
        Receive<AddTime>(_ => Add());
        Receive<Outcome<int>>(outcome => _calls?.End(outcome));
        Receive<Outcome<object?>>(outcome => _calls?.End(outcome));
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    /// <summary>What was added, in the order of the log.</summary>
    public IReadOnlyList<int> Added => _state.Added;

    public byte[] TakeSnapshot(Serial serial) => JsonSerializer.SerializeToUtf8Bytes(_state);

    public void RestoreSnapshot(Serial serial, byte[] state) => _state = JsonSerializer.Deserialize<State>(state)!;

    protected override void PreStart()
    {
        base.PreStart();
        if (_calls is not null)
        {
            Timers.StartPeriodicTimer(AddTime.Instance, AddTime.Instance, Pause);
        }
    }

    protected override int HandleAppend(Entry<int> entry)
    {
        _state.Added.Add(entry.Value);
        return _state.Sums[entry.Key] = _state.Sums.GetValueOrDefault(entry.Key) + entry.Value;
    }

    protected override object? HandleQuery(object question) => SumOf((string)question);

    protected int SumOf(string name) => _state.Sums.GetValueOrDefault(name);

    private void Add()
    {
        if (_calls is not null && !SumsCaller.IsSilent(Context.System.Scheduler.MonotonicClock))
        {
            if (_calls.Repeatable is var (repeated, before))
            {
                _calls.BeginRepeat(before, Raft.Append(repeated, before, null, Self, (RequestKey?)$"{before}"));
            }

            var (name, amount, timeout) = _calls.NextOfActor();
            var key = SumsCalls.HasKey(amount) ? (RequestKey?)$"{amount}" : null;
            _calls.BeginAddOfActor(name, amount, Raft.Append(name, amount, timeout, Self, key));
            _calls.BeginReadOfActor(name, Raft.Query(name, timeout, Self));
            if (amount % FailsEvery == 0)
            {
                throw new InvalidOperationException("The actor fails, and its supervisor restarts it.");
            }
        }
    }

    private sealed record State(SortedDictionary<string, int> Sums, List<int> Added);

    private sealed class AddTime
    {
        public static AddTime Instance { get; } = new();
    }
}

/// <summary>Discards some proposals. The same one may be accepted later.</summary>
internal sealed class ValidatingSums(SumsCalls calls) : Sums(calls)
{
    private const int DiscardsEvery = 3;

    protected override string? HandleProposal(Proposal<int> proposal) =>
        proposal.Key != SumsCalls.NeverDiscarded && (SumOf(proposal.Key) + proposal.Value) % DiscardsEvery == 0 ? "not now" : null;
}
