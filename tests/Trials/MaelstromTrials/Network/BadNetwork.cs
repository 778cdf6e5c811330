using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MaelstromTrials.Network;

/// <summary>
/// Carries lines between nodes and clients, as Maelstrom does. Between nodes it delays each message at random, loses and repeats some, and
/// loses all between nodes that are cut from each other. Thread-safe.
/// </summary>
/// <param name="seed">For the choices. The times of the messages are real, so a seed does not repeat a run.</param>
internal sealed class BadNetwork(int seed, NetworkFaults faults)
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<string, NodeProcess> _nodes = new();
    private readonly ConcurrentDictionary<(string Client, long Number), TaskCompletionSource<JsonObject>> _calls = new();
    private HashSet<(string From, string To)> _cuts = [];
    private long _numbers;
    private long _messages;

    /// <summary>The messages between nodes.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>Lines that were no message; empty: all were.</summary>
    public ConcurrentQueue<string> Rubbish { get; } = [];

    /// <summary>Connects a node in place of the one before with this name.</summary>
    public void Connect(string name, NodeProcess node) => _nodes[name] = node;

    /// <summary>Loses all messages from the first to the second of each pair, and no others.</summary>
    public void Cut(IEnumerable<(string From, string To)> pairs) => Volatile.Write(ref _cuts, [.. pairs]);

    /// <summary>Calls a node, and returns the body of its answer; null: none came in time.</summary>
    public async Task<JsonObject?> CallAsync(string client, string node, JsonObject body, TimeSpan timeout)
    {
        var number = Interlocked.Increment(ref _numbers);
        var call = _calls[(client, number)] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        body["msg_id"] = number;
        Deliver(node, new JsonObject { ["src"] = client, ["dest"] = node, ["body"] = body }.ToJsonString());
        try
        {
            return await call.Task.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _calls.TryRemove((client, number), out _);
        }
    }

    /// <summary>Takes a line that a node wrote.</summary>
    public void Route(string line)
    {
        if (TryParse(line) is not { } message || $"{message["dest"]}" is not { Length: > 0 } to)
        {
            Rubbish.Enqueue(line);
        }
        else if (to[0] == 'c')
        {
            if (message["body"] is JsonObject body && _calls.TryGetValue((to, body["in_reply_to"]?.GetValue<long>() ?? 0), out var call))
            {
                call.TrySetResult(body);
            }
        }
        else
        {
            Interlocked.Increment(ref _messages);
            Carry($"{message["src"]}", to, line);
        }
    }

    private static JsonObject? TryParse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Carry(string from, string to, string line)
    {
        TimeSpan[] delays;
        lock (_lock)
        {
            var copies = _random.NextDouble() < faults.Repeated ? 2 : 1;
            delays = [.. Enumerable.Range(0, copies).Where(_ => _random.NextDouble() >= faults.Lost)
                .Select(_ => faults.MeanDelay * -Math.Log(1 - _random.NextDouble()))];
        }

        foreach (var delay in delays)
        {
            _ = CarryAsync(from, to, line, delay);
        }
    }

    private async Task CarryAsync(string from, string to, string line, TimeSpan delay)
    {
        await Task.Delay(delay);
        if (!Volatile.Read(ref _cuts).Contains((from, to)))
        {
            Deliver(to, line);
        }
    }

    private void Deliver(string node, string line)
    {
        if (_nodes.TryGetValue(node, out var process))
        {
            process.Tell(line);
        }
    }
}

/// <summary>The faults of a network.</summary>
/// <param name="MeanDelay">The mean of the delays, which are exponentially distributed.</param>
/// <param name="Lost">The part of the messages that are lost: 0 to 1.</param>
/// <param name="Repeated">The part of the messages that come twice: 0 to 1.</param>
internal sealed record NetworkFaults(TimeSpan MeanDelay, double Lost, double Repeated);
