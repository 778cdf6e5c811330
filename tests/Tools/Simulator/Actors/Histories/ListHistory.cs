using System.Collections.Immutable;
using System.Text.Json.Nodes;

using RaftActors.Simulator.Actors.Lists;

namespace RaftActors.Simulator.Actors.Histories;

/// <summary>The transactions of one run, and what their callers were told.</summary>
internal sealed class ListHistory
{
    // Their lists are no registers.
    private const int FirstKey = 100;
    private const int Keys = 3;

    private readonly List<Transaction> _history = [];
    private readonly Dictionary<int, (ImmutableArray<Step> Steps, long Called)> _open = [];
    private long _now;
    private int _last;

    // The transaction that read the final lists.
    private Transaction? _closing;

    /// <summary>The lists at the end; null: they were not read yet.</summary>
    public IReadOnlyDictionary<int, ImmutableArray<int>>? Final { get; private set; }

    /// <summary>No more transactions begin.</summary>
    public bool IsClosing { get; set; }

    /// <summary>A moment that is later than all before.</summary>
    public long Now() => ++_now;

    /// <summary>The steps of a transaction.</summary>
    /// <param name="next">Chooses a number below another one.</param>
    public ImmutableArray<Step> AnySteps(Func<int, int> next) =>
        [.. Enumerable.Range(0, 1 + next(4)).Select(Step (_) => next(2) == 0
            ? new Step.Read(FirstKey + next(Keys), [])
            : new Step.Append(FirstKey + next(Keys), ++_last))];

    public ImmutableArray<Step> AllReads() => [.. Enumerable.Range(FirstKey, Keys).Select(Step (key) => new Step.Read(key, []))];

    public static string ToJson(ImmutableArray<Step> steps) => new JsonObject
    {
        ["type"] = "txn",
        ["txn"] = new JsonArray([.. steps.Select(step => step is Step.Append append
            ? new JsonArray("append", append.Key, append.Element)
            : new JsonArray("r", step.Key, null))]),
    }.ToJsonString();

    /// <summary>A transaction begins. One that has no end may be done.</summary>
    public void Begin(int number, ImmutableArray<Step> steps) => _open.Add(number, (steps, Now()));

    /// <summary>The number of a transaction that begins.</summary>
    public int NextNumber() => ++_last;

    /// <summary>A transaction ends.</summary>
    /// <param name="answer">Null: it had no effect, and never will.</param>
    public void End(int number, JsonObject? answer)
    {
        _open.Remove(number, out var begun);
        var steps = answer is null ? begun.Steps : Observed(begun.Steps, answer);
        _history.Add(answer is null
            ? new Transaction(number, steps, begun.Called, null, Lists.Ending.Failed)
            : new Transaction(number, steps, begun.Called, Now(), Lists.Ending.Done));
    }

    /// <summary>The last transaction has read all lists.</summary>
    public void End(ImmutableArray<Step> steps, long called, JsonObject answer)
    {
        var observed = Observed(steps, answer);
        _closing = new Transaction(NextNumber(), observed, called, Now(), Lists.Ending.Done);
        _history.Add(_closing);
        Final = observed.Cast<Step.Read>().ToDictionary(read => read.Key, read => read.Observed);
    }

    /// <summary>Explains to people why the history is not strictly serializable; empty: it is.</summary>
    public IReadOnlyList<string> FindFaults() => new ListCheck(
        [
            .. _history.Select(Cut),
            .. _open.Select(each =>
                new Transaction(each.Key, each.Value.Steps, each.Value.Called, null, Lists.Ending.Unknown)),
        ],
        Final!).FindFaults(); // Justification: the last program has read them.

    // A transaction that ended after the call of the last one may come after it, and then the final lists lack its appends.
    private Transaction Cut(Transaction transaction) => transaction == _closing || !(transaction.EndedAt > _closing?.CalledAt)
        ? transaction
        : transaction with
        {
            Steps = [.. transaction.Steps.Select(step => step is Step.Read read ? read with { Observed = [] } : step)],
            EndedAt = null,
            Ending = Lists.Ending.Unknown,
        };

    private static ImmutableArray<Step> Observed(ImmutableArray<Step> steps, JsonObject answer) =>
        [.. steps.Zip(answer["txn"]!.AsArray(), (step, done) => // Justification: a txn_ok has it.
            step is Step.Read read ? read with { Observed = ToList(done![2]) } : step)];

    private static ImmutableArray<int> ToList(JsonNode? list) =>
        list is JsonArray all ? [.. all.Select(each => each!.GetValue<int>())] : []; // Justification: the elements are numbers.
}
