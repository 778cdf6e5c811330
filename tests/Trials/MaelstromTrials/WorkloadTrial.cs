using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

using MaelstromTrials.Network;

namespace MaelstromTrials;

/// <summary>
/// Runs nodes with a workload on a bad network. Kills and pauses nodes and partitions the network meanwhile. Then it heals all, reads
/// everything at all nodes, and checks the answers.
/// </summary>
internal sealed class WorkloadTrial : IAsyncDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(30);

    private readonly WorkloadTrialSettings _settings;
    private readonly IWorkload _workload;
    private readonly BadNetwork _network;
    private readonly Random _random;
    private readonly ConcurrentDictionary<string, NodeProcess> _nodes = [];
    private readonly ConcurrentQueue<Ending> _endings = [];
    private readonly string[] _names;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private volatile bool _isOver;

    public WorkloadTrial(WorkloadTrialSettings settings, IWorkload workload)
    {
        (_settings, _workload) = (settings, workload);
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
        _isOver = true;
        await Task.WhenAll(clients);

        var healed = _clock.Elapsed;
        var isRead = await ReadAllAsync();
        var recovery = _clock.Elapsed - healed;
        List<string> faults = [.. _network.Rubbish.Select(line => $"A node printed what is no message: {line}")];
        faults.AddRange(_nodes.Where(node => node.Value.HasEnded).Select(node => $"{node.Key} has ended by itself"));
        faults.AddRange(isRead ? _workload.FindFaults()
            : [$"Not all keys could be read at all nodes within {RecoveryMax.TotalSeconds} s after the last fault."]);
        var counts = _endings.CountBy(ending => ending).ToDictionary();
        Console.WriteLine(
            $"{(faults.Count == 0 ? "held" : "FAILED")}: {_workload.Name}, {_names.Length} nodes, seed {_settings.Seed}: "
            + $"{counts.GetValueOrDefault(Ending.Done)} requests done, {counts.GetValueOrDefault(Ending.Failed)} failed, "
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

    private async Task StartAsync(string name)
    {
        var node = _nodes[name] = new NodeProcess(_settings.Program, Path.Combine(_settings.Folder, name), _network.Route);
        _network.Connect(name, node);
        var ids = new JsonArray([.. _names.Select(each => (JsonNode)each)]);
        var init = new JsonObject { ["type"] = "init", ["node_id"] = name, ["node_ids"] = ids };
        var answer = await _network.CallAsync("c0", name, init, StartTimeout);
        if (Answer.TypeOf(answer) != "init_ok")
        {
            throw new InvalidOperationException($"{name} did not start: {answer?.ToJsonString() ?? "no answer"}. See {_settings.Folder}.");
        }
    }

    private async Task RunClientAsync(int client)
    {
        while (!_isOver)
        {
            await CallAsync(client, _names[client % _names.Length], _workload.Next(client));
            await Task.Delay(_settings.Pause);
        }
    }

    private async Task<bool> CallAsync(int client, string node, Request request)
    {
        var ending = request.End(await _network.CallAsync($"c{client}", node, request.Body, WaitMax));
        _endings.Enqueue(ending);
        return ending == Ending.Done;
    }

    private async Task RunFaultsAsync()
    {
        var end = _clock.Elapsed + _settings.Time;
        while (_clock.Elapsed < end)
        {
            await SecondsAsync(0.5, 1.5);
            var order = _names.ToArray();
            _random.Shuffle(order);
            var some = order[..(1 + _random.Next(_random.NextDouble() < 0.7 ? Math.Max(1, _names.Length / 2) : _names.Length))];
            switch (_random.Next(4))
            {
                case 0:
                    await Task.WhenAll(some.Select(name => _nodes[name].DisposeAsync().AsTask()));
                    await SecondsAsync(0, 2);
                    await Task.WhenAll(some.Select(StartAsync));
                    break;
                case 1:
                    Array.ForEach(some, name => _nodes[name].Send(Signal.Stop));
                    await SecondsAsync(0.5, 3);
                    Array.ForEach(some, name => _nodes[name].Send(Signal.Continue));
                    break;
                default:
                    _network.Cut(DrawCuts(order, some.Length));
                    await SecondsAsync(1, 3);
                    _network.Cut([]);
                    break;
            }
        }
    }

    // Some from the others in both directions, or in one; or each one from those that are not its neighbours, so that no two see the same.
    private IEnumerable<(string From, string To)> DrawCuts(string[] order, int some)
    {
        var kind = _random.Next(4);
        return from one in Enumerable.Range(0, order.Length)
               from other in Enumerable.Range(0, order.Length)
               let isFromSome = one < some && other >= some
               let isToSome = other < some && one >= some
               let distance = Math.Abs(one - other)
               where kind switch
               {
                   0 => isFromSome,
                   1 => (order.Length < 5 ? distance : Math.Min(distance, order.Length - distance)) > Math.Max(1, order.Length / 4),
                   _ => isFromSome || isToSome,
               }
               select (order[one], order[other]);
    }

    private async Task<bool> ReadAllAsync()
    {
        using var limit = new CancellationTokenSource(RecoveryMax);
        var reads = _workload.FinalReads();
        foreach (var node in _names)
        {
            if (!(await Task.WhenAll(reads.Select(read => ReadAsync(node, read, limit.Token)))).All(isDone => isDone))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> ReadAsync(string node, Func<Request> read, CancellationToken limit)
    {
        while (!limit.IsCancellationRequested)
        {
            if (await CallAsync(0, node, read()))
            {
                return true;
            }

            await Task.Delay(_settings.Pause);
        }

        return false;
    }

    private Task SecondsAsync(double least, double most) =>
        Task.Delay(TimeSpan.FromSeconds(least + ((most - least) * _random.NextDouble())));
}

/// <summary>The settings of a trial.</summary>
/// <param name="Program">The program of a node and its arguments.</param>
/// <param name="Folder">For the logs of the nodes.</param>
/// <param name="Time">The time with faults.</param>
/// <param name="Pause">The time between two requests of a client.</param>
internal sealed record WorkloadTrialSettings(
    IReadOnlyList<string> Program, string Folder, int Nodes, int Seed, TimeSpan Time, TimeSpan Pause, NetworkFaults Faults);
