using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Nodes;

using MaelstromTrials.Network;

namespace MaelstromTrials.Lists;

/// <summary>
/// Runs nodes with the workload txn-list-append on a bad network. Kills nodes and partitions the network meanwhile. Then it heals all,
/// reads all keys at all nodes, and checks the history.
/// </summary>
internal sealed class ListTrial : IAsyncDisposable
{
    private const int StepsMax = 4;
    private const int AppendsPerKey = 40;
    private const int KeysAtATime = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(30);

    private readonly ListTrialSettings _settings;
    private readonly BadNetwork _network;
    private readonly Random _random;
    private readonly Lock _lock = new();
    private readonly List<Transaction> _history = [];
    private readonly Dictionary<string, NodeProcess> _nodes = [];
    private readonly string[] _names;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _appends;
    private bool _isOver;

    public ListTrial(ListTrialSettings settings)
    {
        _settings = settings;
        _random = new Random(settings.Seed);
        _network = new BadNetwork(settings.Seed, settings.Faults);
        _names = [.. Enumerable.Range(1, settings.Nodes).Select(number => $"n{number}")];
    }

    /// <summary>Runs the trial, and prints a line with what it saw.</summary>
    /// <returns>Why it failed; empty: it held.</returns>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        await Task.WhenAll(_names.Select(StartAsync));
        var clients = Enumerable.Range(1, 2 * _names.Length).Select(RunClientAsync).ToArray();
        await RunFaultsAsync();
        Volatile.Write(ref _isOver, true);
        await Task.WhenAll(clients);

        var healed = _clock.Elapsed;
        var final = await ReadAllAsync();
        var recovery = _clock.Elapsed - healed;
        List<string> faults = [.. _network.Rubbish.Select(line => $"A node printed what is no message: {line}")];
        faults.AddRange(_nodes.Where(node => node.Value.HasEnded).Select(node => $"{node.Key} has ended by itself"));
        faults.AddRange(final is null
            ? [$"Not all keys could be read at all nodes within {RecoveryMax.TotalSeconds} s after the last fault."]
            : new ListCheck(_history, final).FindFaults());
        var counts = _history.CountBy(each => each.Ending).ToDictionary();
        Console.WriteLine(
            $"{(faults.Count == 0 ? "held" : "FAILED")}: txn-list-append, {_names.Length} nodes, seed {_settings.Seed}: "
            + $"{counts.GetValueOrDefault(Ending.Done)} transactions done, {counts.GetValueOrDefault(Ending.Failed)} failed, "
            + $"{counts.GetValueOrDefault(Ending.Unknown)} unknown; {_network.Messages} messages between nodes; "
            + $"all keys read {recovery.TotalSeconds:0.0} s after the last fault");
        return faults;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Values)
        {
            await node.DisposeAsync();
        }
    }

    private static string NameOf(int client) => $"c{client}";

    private async Task StartAsync(string name)
    {
        var node = new NodeProcess(_settings.Program, Path.Combine(_settings.Folder, name), _network.Route);
        lock (_lock)
        {
            _nodes[name] = node;
        }

        _network.Connect(name, node);
        var ids = new JsonArray([.. _names.Select(each => (JsonNode)each)]);
        var init = new JsonObject { ["type"] = "init", ["node_id"] = name, ["node_ids"] = ids };
        var answer = await _network.CallAsync("c0", name, init, StartPatience);
        if ($"{answer?["type"]}" != "init_ok")
        {
            throw new InvalidOperationException($"{name} did not start: {answer?.ToJsonString() ?? "no answer"}. See {_settings.Folder}.");
        }
    }

    private async Task RunClientAsync(int client)
    {
        while (!Volatile.Read(ref _isOver))
        {
            var (steps, body) = NewTransaction();
            var called = Stopwatch.GetTimestamp();
            var node = _names[client % _names.Length];
            var answer = await _network.CallAsync(NameOf(client), node, body, Patience);
            Note(steps, called, Stopwatch.GetTimestamp(), answer);
            await Task.Delay(_settings.Pause);
        }
    }

    private (List<Step> Steps, JsonObject Body) NewTransaction()
    {
        lock (_lock)
        {
            List<Step> steps = [.. Enumerable.Range(0, _random.Next(1, StepsMax + 1)).Select(_ => NewStep())];
            return (steps, ToBody(steps));
        }
    }

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

    private void Note(List<Step> steps, long called, long ended, JsonObject? answer)
    {
        // Errors that Maelstrom defines as definite.
        var isFailed = $"{answer?["type"]}" == "error"
            && answer!["code"]!.GetValue<int>() is 10 or 11 or 12 or 14; // Justification: an error.
        var isDone = $"{answer?["type"]}" == "txn_ok";
        ImmutableArray<Step> observed = isDone
            ? [.. steps.Zip(answer!["txn"]!.AsArray(), (step, done) => // Justification: a txn_ok has it.
                step is Step.Read read ? read with { Observed = ToList(done![2]) } : step)]
            : [.. steps];
        lock (_lock)
        {
            var ending = isDone ? Ending.Done : isFailed ? Ending.Failed : Ending.Unknown;
            _history.Add(new Transaction(_history.Count, observed, called, isDone ? ended : null, ending));
        }
    }

    private static ImmutableArray<int> ToList(JsonNode? list) =>
        list is JsonArray all ? [.. all.Select(each => each!.GetValue<int>())] : []; // Justification: the elements are numbers.

    private async Task RunFaultsAsync()
    {
        var end = _clock.Elapsed + _settings.Time;
        while (_clock.Elapsed < end)
        {
            await Task.Delay(TimeSpan.FromSeconds(0.5 + Next()));
            var shuffled = Shuffled();
            var some = shuffled[..(1 + (int)(Next() * (Next() < 0.7 ? _names.Length / 2 : _names.Length)))];
            if (Next() < 0.5)
            {
                var isOneWay = Next() < 0.3;
                var pairs = some.SelectMany(one => shuffled[some.Length..].Select(other => (one, other)));
                _network.Cut(isOneWay ? pairs : pairs.SelectMany(pair => new[] { pair, (pair.other, pair.one) }));
                await Task.Delay(TimeSpan.FromSeconds(1 + (2 * Next())));
                _network.Cut([]);
            }
            else
            {
                await Task.WhenAll(some.Select(name => _nodes[name].DisposeAsync().AsTask()));
                await Task.Delay(TimeSpan.FromSeconds(2 * Next()));
                await Task.WhenAll(some.Select(StartAsync));
            }
        }
    }

    // The lists at the end; null: some node did not answer in time. One transaction reads all keys, so it sees each other one or not.
    private async Task<Dictionary<int, ImmutableArray<int>>?> ReadAllAsync()
    {
        var keys = _history.SelectMany(each => each.Steps).Select(step => step.Key).Distinct().Order();
        Step[] steps = [.. keys.Select(key => new Step.Read(key, []))];
        using var patience = new CancellationTokenSource(RecoveryMax);
        foreach (var node in _names)
        {
            do
            {
                if (patience.IsCancellationRequested)
                {
                    return null;
                }

                var called = Stopwatch.GetTimestamp();
                var answer = await _network.CallAsync(NameOf(0), node, ToBody(steps), Patience);
                Note([.. steps], called, Stopwatch.GetTimestamp(), answer);
            }
            while (_history[^1].Ending != Ending.Done);
        }

        return _history[^1].Steps.Cast<Step.Read>().ToDictionary(read => read.Key, read => read.Observed);
    }

    private double Next()
    {
        lock (_lock)
        {
            return _random.NextDouble();
        }
    }

    private string[] Shuffled()
    {
        lock (_lock)
        {
            string[] names = [.. _names];
            _random.Shuffle(names);
            return names;
        }
    }
}

/// <summary>The settings of a trial.</summary>
/// <param name="Program">The program of a node and its arguments.</param>
/// <param name="Folder">For the logs of the nodes.</param>
/// <param name="Time">The time with faults.</param>
/// <param name="Pause">The time between two transactions of a client.</param>
internal sealed record ListTrialSettings(
    IReadOnlyList<string> Program, string Folder, int Nodes, int Seed, TimeSpan Time, TimeSpan Pause, NetworkFaults Faults);
