using System.Text.Json;

using Akka.Actor;

namespace RaftActors.Simulator.Actors;

/// <summary>
/// A sum for each key, with snapshots. Also adds to the sums itself, and fails at times. Its state has the logic version of its rules, and
/// at one serial it may become another one than on the other nodes.
/// </summary>
internal class Sums : VersionedActor, IRaftSnapshot<byte[]>, IWithTimers
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private const int FailsEvery = 10;
    private const int RecentEvery = 4;

    private readonly SumsCalls? _calls;
    private readonly Serial? _skewedAt;
    private State _state = new([], [], Version: 0, Skew: 0);

    // The amount of a pair whose batch has not ended.
    private int? _half;

    /// <param name="version">The logic version of the program.</param>
    /// <param name="skewedAt">The serial at which the state becomes another one; null: none.</param>
    public Sums(SumsCalls? calls = null, int version = 1, Serial? skewedAt = null)
        : base(version)
    {
        (_calls, _skewedAt) = (calls, skewedAt);
        Receive<AddTime>(_ => Add());
        Receive<Outcome<int>>(outcome => _calls?.End(outcome));
        Receive<Outcome<object?>>(outcome => _calls?.End(outcome));
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    /// <summary>What was added, in the order of the log.</summary>
    public IReadOnlyList<int> Added => _state.Added;

    /// <summary>By how much the state differs from what it should be.</summary>
    public int Skew => _state.Skew;

    public byte[] TakeSnapshot(Serial serial)
    {
        DemandNoHalf("a snapshot is taken");
        return JsonSerializer.SerializeToUtf8Bytes(_state);
    }

    public void RestoreSnapshot(Serial serial, byte[] state) => (_state, _half) = (JsonSerializer.Deserialize<State>(state)!, null);

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
        // A life without pairs is not told of an upgrade.
        Demand(_state.Version == 0 || _state.Version == entry.LogicVersion, $"{entry.Serial} has version {entry.LogicVersion}");
        _state = _state with { Version = entry.LogicVersion, Skew = _state.Skew + (entry.Serial == _skewedAt ? 1 : 0) };
        var isInPlace = _half is null || (_half == entry.Value && entry.Key != SumsCalls.Half);
        Demand(isInPlace, $"pair {entry.Serial} is in the batch of {_half}");
        _half = entry.Key == SumsCalls.Half ? entry.Value : null;
        if (_half is not null)
        {
            return 0;
        }

        _state.Added.Add(entry.Value);
        return _state.Sums[entry.Key] = _state.Sums.GetValueOrDefault(entry.Key) + entry.Value;
    }

    protected override void HandleUpgrade(int from, int to)
    {
        Demand(_state.Version == from, $"the state is upgraded from version {from} to {to}");
        _state = _state with { Version = to };
    }

    protected override ulong? HandleDigest() => (ulong)(_state.Added.Sum(each => (long)each) + _state.Skew);

    protected override object? HandleQuery(object question)
    {
        DemandNoHalf("a query is answered");
        return SumOf((string)question);
    }

    protected int SumOf(string name) => _state.Sums.GetValueOrDefault(name);

    private void Demand(bool holds, string otherwise) =>
        _calls?.Demand(holds, $"{Group.Self} has the rules of version {_state.Version}, and {otherwise}");

    private void DemandNoHalf(string what) => _calls?.Demand(_half is null, $"{Group.Self} is in the batch of {_half}, and {what}");

    private void Add()
    {
        DemandNoHalf("a message is handled");
        if (_calls is not null && !SumsCaller.IsSilent(Context.System.Scheduler.MonotonicClock))
        {
            if (_calls.Repeatable is var (repeated, before))
            {
                var again = Group.AppendMany(_calls.PairsOf(repeated, before), null, Self, (RequestKey?)$"{before}");
                _calls.BeginRepeat(before, again);
            }

            var (name, amount, timeout) = _calls.NextOfActor();
            var key = SumsCalls.HasKey(amount) ? (RequestKey?)$"{amount}" : null;
            _calls.BeginAddOfActor(name, amount, Group.AppendMany(_calls.PairsOf(name, amount), timeout, Self, key));
            if (amount % RecentEvery == 0)
            {
                var age = TimeSpan.FromMilliseconds(50 + (amount * 53 % 1500));
                _calls.BeginRecentReadOfActor(name, Group.Query(name, timeout, Self, ReadConsistency.Within(age)), age);
            }
            else
            {
                _calls.BeginReadOfActor(name, Group.Query(name, timeout, Self));
            }

            if (amount % FailsEvery == 0)
            {
                throw new InvalidOperationException("The actor fails, and its supervisor restarts it.");
            }
        }
    }

    private sealed record State(SortedDictionary<string, int> Sums, List<int> Added, int Version, int Skew);

    private sealed class AddTime
    {
        public static AddTime Instance { get; } = new();
    }
}

/// <summary>An actor whose class does not know its logic version.</summary>
internal abstract class VersionedActor(int version) : RaftActor<int, int>
{
    protected override int LogicVersion => version;
}

/// <summary>Discards some proposals. The same one may be accepted later.</summary>
internal sealed class ValidatingSums(SumsCalls calls, int version, Serial? skewedAt) : Sums(calls, version, skewedAt)
{
    private const int DiscardsEvery = 3;

    protected override string? HandleProposal(Proposal<int> proposal) =>
        proposal.Key is not (SumsCalls.NeverDiscarded or SumsCalls.Half)
        && (SumOf(proposal.Key) + proposal.Value) % DiscardsEvery == 0
            ? "not now"
            : null;
}
