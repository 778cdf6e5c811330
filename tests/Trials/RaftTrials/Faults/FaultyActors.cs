using System.Collections.Concurrent;

using RaftActors;

namespace RaftTrials.Faults;

/// <summary>An actor of a <see cref="Fault"/>. The comment at the end of a line names the rule that finds the fault.</summary>
internal abstract class Faulty(RaftOptions<string>? options) : RaftActor<string, string>(options)
{
    /// <summary>The first pair that the fault touches.</summary>
    public const int FirstBad = 3;

    protected sealed override string HandleAppend(Entry<string> entry) =>
        entry.Serial.Value < FirstBad ? entry.Value : Apply(entry);

    protected abstract string Apply(Entry<string> entry);
}

internal sealed class Clock(RaftOptions<string>? options) : Faulty(options)
{
    protected override string Apply(Entry<string> entry) => $"{DateTime.UtcNow.Ticks}"; // RAFT001
}

internal sealed class ClockField(RaftOptions<string>? options) : Faulty(options)
{
    private readonly Func<DateTime> _now = () => DateTime.UtcNow; // missed RAFT001

    protected override string Apply(Entry<string> entry) => $"{_now().Ticks}";
}

internal sealed class SharedRandom(RaftOptions<string>? options) : Faulty(options)
{
    protected override string Apply(Entry<string> entry) => $"{Random.Shared.NextInt64()}"; // RAFT002
}

internal sealed class OwnRandom(RaftOptions<string>? options) : Faulty(options)
{
    private readonly Random _random = new();

    protected override string Apply(Entry<string> entry) => $"{_random.NextInt64()}"; // RAFT002
}

internal sealed class NewId(RaftOptions<string>? options) : Faulty(options)
{
    protected override string Apply(Entry<string> entry) => $"{Guid.NewGuid()}"; // RAFT002
}

internal sealed class TextHash(RaftOptions<string>? options) : Faulty(options)
{
    protected override string Apply(Entry<string> entry) => $"{entry.Value.GetHashCode()}"; // RAFT003
}

internal sealed class CombinedHash(RaftOptions<string>? options) : Faulty(options)
{
    protected override string Apply(Entry<string> entry) => $"{HashCode.Combine(entry.Serial.Value)}"; // RAFT003
}

internal sealed class ObjectHash(RaftOptions<string>? options) : Faulty(options)
{
    protected override string Apply(Entry<string> entry) => $"{new object().GetHashCode()}"; // RAFT003
}

internal sealed class Static(RaftOptions<string>? options) : Faulty(options), IRaftSnapshot<string>
{
    private static int _count;

    public string TakeSnapshot(Serial serial) => "";

    public void RestoreSnapshot(Serial serial, string state)
    {
    }

    protected override string Apply(Entry<string> entry) => $"{++_count}"; // RAFT004
}

internal sealed class Limit(RaftOptions<string>? options) : Faulty(options)
{
    public const string Variable = "TRANSFER_LIMIT";

    protected override string Apply(Entry<string> entry) => Environment.GetEnvironmentVariable(Variable) ?? "none"; // RAFT004
}

internal sealed class ProcessId(RaftOptions<string>? options) : Faulty(options)
{
    protected override string Apply(Entry<string> entry) => $"{Environment.ProcessId}"; // RAFT004
}

internal sealed class ThreadId(RaftOptions<string>? options) : Faulty(options)
{
    protected override string Apply(Entry<string> entry) => $"{Environment.CurrentManagedThreadId}"; // RAFT004
}

internal sealed class Memory(RaftOptions<string>? options) : Faulty(options)
{
    protected override string Apply(Entry<string> entry) => $"{GC.GetTotalAllocatedBytes(precise: true)}"; // RAFT004
}

internal sealed class Background : Faulty
{
    private int _letters;

    public Background(RaftOptions<string>? options)
        : base(options) => Receive<int>(letters => _letters += letters);

    protected override string Apply(Entry<string> entry)
    {
        var self = Self;
        Task.Run(() => self.Tell(entry.Value.Length, self)); // RAFT005
        return $"{_letters}";
    }
}

internal sealed class HashedOrder(RaftOptions<string>? options) : Faulty(options)
{
    private readonly ConcurrentDictionary<(string Shop, int Item), int> _stock = new(
        Enumerable.Range(1, 20).Select(item => KeyValuePair.Create(("shop", item), 1)));

    protected override string Apply(Entry<string> entry) => string.Join(' ', _stock.Select(each => each.Key.Item)); // RAFT006
}

internal sealed class RestoredOrder(RaftOptions<string>? options) : Faulty(options), IRaftSnapshot<string>
{
    private const int Max = 3;
    private readonly HashSet<string> _sessions = [];

    public string TakeSnapshot(Serial serial) => string.Join(' ', _sessions);

    public void RestoreSnapshot(Serial serial, string state)
    {
        _sessions.Clear();
        _sessions.UnionWith(state.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    protected override string Apply(Entry<string> entry)
    {
        _sessions.Add(entry.Value);
        if (_sessions.Count <= Max)
        {
            return "";
        }

        var oldest = _sessions.First(); // RAFT006
        _sessions.Remove(oldest);
        return oldest;
    }
}

internal sealed class ParallelSum(RaftOptions<string>? options) : Faulty(options)
{
    protected override string Apply(Entry<string> entry) =>
        $"{BitConverter.DoubleToInt64Bits(Shares(10_000).AsParallel().WithDegreeOfParallelism(4).Sum())}"; // RAFT006

    private static IEnumerable<double> Shares(int count)
    {
        for (var share = 1; share <= count; share++)
        {
            yield return 1.0 / share;
        }
    }
}

internal sealed class Culture(RaftOptions<string>? options) : Faulty(options)
{
    protected override string Apply(Entry<string> entry) => $"{entry.Serial.Value / 2m}"; // RAFT007
}

internal sealed class OwnName(RaftOptions<string>? options) : Faulty(options)
{
    protected override string Apply(Entry<string> entry) => $"{Group.Self}"; // missed RAFT004
}

internal sealed class Leads(RaftOptions<string>? options) : Faulty(options)
{
    protected override string Apply(Entry<string> entry) => $"{Group.Leader is { IsSelf: true }}"; // missed RAFT004
}
