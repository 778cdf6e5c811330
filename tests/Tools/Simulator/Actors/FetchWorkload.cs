using System.Text.Json;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>
/// Actors fetch all, some or none of the pairs that they miss, and others at random. They append and query too. An operator moves the
/// leadership, and lets members leave and join.
/// </summary>
internal static class FetchWorkload
{
    public static void SetUp(long seed, RaftSimulation simulation)
    {
        FetchLedger ledger = new();
        Prng prng = new((ulong)seed);
        var isInOrder = seed % 2 == 0;
        simulation
            .Nodes(3 + (int)(seed % 3))
            .Actor(_ => new Fetcher(ledger, prng, isInOrder, until: SumsWorkload.FaultsLast), SumsWorkload.ActorName)
            .Config("raft.snapshot { after-entries = 12, retained-entries = 4 }")
            .Config($"raft.learner.delivery = {(isInOrder ? "in-order" : "as-committed")}")
            .For(SumsWorkload.FaultsLast)
            .Clients(1, OperateAsync)
            .Always("each delivery is due", _ => ledger.Broken is null ? true : throw new InvalidDataException(ledger.Broken))
            .Eventually("all nodes have all pairs", view => Enumerable.Range(0, view.Nodes).All(node =>
                view.Actor<Fetcher>(node)?.Amounts.SequenceEqual(ledger.Amounts.Take((int)view.Status(node)!.Committed.Value)) is true
                && view.Status(node)!.Committed == view.Status(0)!.Committed))
            .Eventually("all calls of the running nodes have ended", view => ledger.HaveEnded(view.Actors<Fetcher>()))
            .Eventually("callers were told the truth", _ => ledger.IsTrue);
    }

    // A learner that gets pairs as they are committed is told of missing ones when the next pair comes.
    private static async Task OperateAsync(SimulatedClient client)
    {
        await SumsWorkload.OperateAsync(client);
        await using var pairs = client.CreateClient<int, int>();
        while (await pairs.AppendAsync("a", 0) is not { Failure: null })
        {
        }
    }
}

/// <summary>Keeps the amounts of the group by their serials.</summary>
internal sealed class Fetcher : RaftActor<int, int>, IRaftSnapshot<byte[]>, IWithTimers
{
    private readonly FetchLedger _ledger;
    private readonly Prng _prng;
    private readonly bool _isInOrder;
    private SortedDictionary<long, int> _amounts = [];
    private bool _hasFetched;

    /// <param name="isInOrder">Learners get each pair after all before it. Otherwise as it is committed.</param>
    public Fetcher(FetchLedger ledger, Prng prng, bool isInOrder, TimeSpan until)
    {
        (_ledger, _prng, _isInOrder, System) = (ledger, prng, isInOrder, Context.System);
        Receive<Step>(_ => Act(), _ => System.Scheduler.MonotonicClock < until);
        Receive<Step>(_ => { });
        Receive<Outcome<int>>(ledger.End);
        Receive<Outcome<object?>>(_ => { });
    }

    private enum Step
    {
        Next,
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    public ActorSystem System { get; }

    public IEnumerable<int> Amounts => _amounts.Values;

    public byte[] TakeSnapshot(Serial serial)
    {
        Demand(HasAllTo(serial.Value) && _amounts.Count == serial.Value, $"a snapshot up to {serial} has {_amounts.Count} pairs");
        return JsonSerializer.SerializeToUtf8Bytes(_amounts);
    }

    public void RestoreSnapshot(Serial serial, byte[] state) => _amounts = JsonSerializer.Deserialize<SortedDictionary<long, int>>(state)!;

    protected override void PreStart() => Timers.StartPeriodicTimer(Step.Next, Step.Next, TimeSpan.FromMilliseconds(50));

    protected override void HandleMissing(SerialRange gap)
    {
        if (_prng.Between(0, 3) is > 0 and var all)
        {
            Group.Get(all > 1 ? gap : gap with { First = new Serial(_prng.Between((int)gap.First.Value, (int)gap.Last.Value)) });
        }
    }

    protected override int HandleAppend(Entry<int> entry)
    {
        Add(entry, mayLackOthers: !_isInOrder);
        return entry.Value;
    }

    protected override void HandleSerial(Entry<int> entry) =>
        Add(entry, mayLackOthers: _hasFetched || !_isInOrder);

    // The question is a serial at which a pair was told to be committed before.
    protected override object? HandleQuery(object question)
    {
        Demand(HasAllTo((long)question), $"a query that needs {question} is answered from {_amounts.Count} pairs");
        return null;
    }

    private void Add(Entry<int> entry, bool mayLackOthers)
    {
        Demand(mayLackOthers || HasAllTo(entry.Serial.Value - 1), $"{entry.Serial} is delivered, and one before it is missing");
        Demand(_amounts.TryAdd(entry.Serial.Value, entry.Value), $"{entry.Serial} is delivered twice");
        _ledger.Note(entry);
    }

    private bool HasAllTo(long serial) => _amounts.Keys.TakeWhile(key => key <= serial).Count() == serial;

    private void Act()
    {
        var timeout = TimeSpan.FromMilliseconds(50 + _prng.Between(0, 1500));
        var any = new Serial(Math.Max(1, Math.Max(Group.Serial.Value, _ledger.Latest - 3) + _prng.Between(-2, 6)));
        switch (_prng.Between(0, 30))
        {
            case 0:
                throw new InvalidOperationException("The actor fails, and its supervisor restarts it.");
            case < 16:
                _ledger.Begin(this, amount => Group.Append("a", amount, timeout, Self));
                break;
            case < 20:
                Group.Query(_ledger.Latest, timeout, Self);
                break;
            case < 28:
                _hasFetched = true;
                Group.Get(any, timeout);
                break;
            default:
                _hasFetched = true;
                Group.Get(new SerialRange(any, new Serial(any.Value + _prng.Between(0, 5))));
                break;
        }
    }

    private void Demand(bool holds, string otherwise) => _ledger.Demand(holds, $"{Group.Self}: {otherwise}");
}

/// <summary>The pairs of one run, and what the callers of Append were told.</summary>
internal sealed class FetchLedger
{
    private readonly Dictionary<RequestRef, (int Amount, ActorSystem System)> _open = [];
    private readonly SortedDictionary<long, int> _pairs = [];
    private readonly Dictionary<int, Serial?> _told = [];
    private int _last;

    /// <summary>The first broken rule. An exception in an actor would only restart the actor.</summary>
    public string? Broken { get; private set; }

    /// <summary>The highest serial that a caller was told.</summary>
    public long Latest { get; private set; }

    public IEnumerable<int> Amounts => _pairs.Values;

    /// <summary>A pair has the serial that its caller was told, and a refused one has none.</summary>
    public bool IsTrue => _told.All(told => told.Value is { } serial
        ? _pairs.GetValueOrDefault(serial.Value) == told.Key
        : !_pairs.ContainsValue(told.Key));

    public void Begin(Fetcher by, Func<int, RequestRef> append) => _open.Add(append(++_last), (_last, by.System));

    public void End(Outcome<int> outcome)
    {
        Demand(_open.Remove(outcome.Request, out var call), $"{outcome} is told twice");
        if (outcome is { Failure: null } done)
        {
            _told.Add(call.Amount, done.Serial);
            Latest = Math.Max(Latest, done.Serial.Value);
        }
        else if (outcome is { Failure.Kind: FailureKind.NotDone })
        {
            _told.Add(call.Amount, null);
        }
    }

    public void Note(Entry<int> entry) => Demand(
        _pairs.TryAdd(entry.Serial.Value, entry.Value) || _pairs[entry.Serial.Value] == entry.Value,
        $"{entry.Serial} is {_pairs[entry.Serial.Value]} and {entry.Value}");

    /// <summary>The calls of a crashed node never end.</summary>
    public bool HaveEnded(IEnumerable<Fetcher> running) => !_open.Values.Any(call => running.Any(each => each.System == call.System));

    public void Demand(bool holds, string otherwise) => Broken ??= holds ? null : otherwise;
}
