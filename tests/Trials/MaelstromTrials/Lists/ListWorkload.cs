using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Nodes;

using MaelstromTrials.Network;

namespace MaelstromTrials.Lists;

/// <summary>txn-list-append: transactions that append to lists and read them.</summary>
internal sealed class ListWorkload(int seed) : IWorkload
{
    private const int StepsMax = 4;
    private const int AppendsPerKey = 40;
    private const int KeysAtATime = 4;

    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly List<Transaction> _history = [];
    private int _appends;

    public string Name => "txn-list-append";

    public Request Next(int client)
    {
        lock (_lock)
        {
            return Begin([.. Enumerable.Range(0, _random.Next(1, StepsMax + 1)).Select(_ => NewStep())]);
        }
    }

    // One transaction reads all keys, so it sees each other one or not.
    public IReadOnlyList<Func<Request>> FinalReads()
    {
        var keys = _history.SelectMany(each => each.Steps).Select(step => step.Key).Distinct().Order();
        ImmutableArray<Step> steps = [.. keys.Select(key => new Step.Read(key, []))];
        return [() => Begin(steps)];
    }

    // The last final read was the last transaction.
    public IReadOnlyList<string> FindFaults() =>
        new ListCheck(_history, _history[^1].Steps.Cast<Step.Read>().ToDictionary(read => read.Key, read => read.Observed)).FindFaults();

    private Step NewStep()
    {
        var key = (_appends / (KeysAtATime * AppendsPerKey) * KeysAtATime) + _random.Next(KeysAtATime);
        return _random.Next(2) == 0 ? new Step.Read(key, []) : new Step.Append(key, ++_appends);
    }

    private static JsonObject ToBody(IEnumerable<Step> steps) => new()
    {
        ["type"] = "txn",
        ["txn"] = new JsonArray([.. steps.Select(step => step is Step.Append append
            ? new JsonArray("append", append.Key, append.Element)
            : new JsonArray("r", step.Key, null))]),
    };

    private static ImmutableArray<int> ToList(JsonNode? list) =>
        list is JsonArray all ? [.. all.Select(each => each!.GetValue<int>())] : []; // Justification: the elements are numbers.

    private Request Begin(ImmutableArray<Step> steps)
    {
        var called = Stopwatch.GetTimestamp();
        return new(ToBody(steps), answer => End(steps, called, answer));
    }

    private Ending End(ImmutableArray<Step> steps, long called, JsonObject? answer)
    {
        var ended = Stopwatch.GetTimestamp();
        var ending = Answer.TypeOf(answer) == "txn_ok" ? Ending.Done : Answer.IsRefusal(answer) ? Ending.Failed : Ending.Unknown;
        ImmutableArray<Step> observed = ending == Ending.Done
            ? [.. steps.Zip(answer!["txn"]!.AsArray(), (step, done) => // Justification: a txn_ok has it.
                step is Step.Read read ? read with { Observed = ToList(done![2]) } : step)]
            : steps;
        lock (_lock)
        {
            _history.Add(new Transaction(_history.Count, observed, called, ending == Ending.Done ? ended : null, ending));
            return ending;
        }
    }
}
