using System.Text.Json;

namespace PersistenceTrials.Nodes;

/// <summary>Three nodes of a journal as processes, and the events that they said were acknowledged.</summary>
internal sealed class JournalCluster : ITrial
{
    private const int Count = 3;
    private const int WritersOfANode = 32;

    private readonly Lock _lock = new();
    private readonly TrialScope _trial;
    private readonly int[] _ports = FreePorts.Take(Count + 1);
    private readonly NodeProcess[] _nodes;
    private readonly Dictionary<string, Dictionary<long, string>> _acknowledged = [];
    private NodeProcess? _leader;
    private long _count;
    private int _exchanges;
    private volatile string? _failure;

    public JournalCluster(TrialScope trial)
    {
        _trial = trial;
        _nodes = [.. Enumerable.Range(1, Count).Select(number => new NodeProcess($"node {number}"))];
    }

    public IReadOnlyList<NodeProcess> Nodes => _nodes;

    public long Acknowledged => Interlocked.Read(ref _count);

    /// <summary>Starts a node, and waits until it says that it is ready.</summary>
    /// <param name="writers">The number of persistent actors at work at a time.</param>
    public async Task Start(NodeProcess node, int writers = WritersOfANode)
    {
        var place = Array.IndexOf(_nodes, node);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Start(JournalNode.Verb, SettingsOf(place, writers), line => Hear(node, line.Text, ready));
        TrialFailure.Unless(
            await Task.WhenAny(ready.Task, Task.Delay(Guards.Wait)) == ready.Task, $"{node.Name} was not ready in time");
    }

    /// <summary>
    /// Kills a node, and starts it with an empty disk. Waits until the group takes it in again: two such nodes would be a lost majority.
    /// </summary>
    public async Task Wipe(NodeProcess node)
    {
        var exchanges = Volatile.Read(ref _exchanges);
        node.Process.Kill();
        await node.Process.Ended(Guards.Wait);
        Directory.Delete(SettingsOf(Array.IndexOf(_nodes, node), 0).Directory, recursive: true);
        await Start(node);
        await Poll.Until(() => Volatile.Read(ref _exchanges) > exchanges, () => $"{node.Name} is not taken in again");
    }

    /// <summary>The node that was the last one to say that it leads.</summary>
    public Task<NodeProcess> Leader() => Poll.Until(
        () =>
        {
            lock (_lock)
            {
                return Task.FromResult(_leader is { IsRunning: true } leader ? leader : null);
            }
        },
        () => "no node leads");

    /// <summary>Waits until so many more events are acknowledged.</summary>
    public Task Written(int more)
    {
        var goal = Acknowledged + more;
        return Poll.Until(
            () => _failure is { } failure ? throw new TrialFailure(failure) : Acknowledged >= goal,
            () => $"{Acknowledged} events are acknowledged, and not {goal}");
    }

    /// <summary>Stops the nodes, starts them again, and compares the journal with what was acknowledged.</summary>
    public async Task<string> Check()
    {
        await Task.WhenAll(_nodes.Select(node => node.Stop()));
        await Task.WhenAll(_nodes.Select(node => Start(node, writers: 0)));
        var (reader, found) = (_trial.Own(new NodeProcess("reader")), new JournalCheck());
        reader.Start(JournalNode.Verb, SettingsOf(Count, writers: 0), line => found.Add(line.Text));
        TrialFailure.Unless(await reader.Process.Ended(Guards.Wait) == 0, "the reader did not end");
        return found.Demand(_acknowledged);
    }

    /// <inheritdoc/>
    public string Tails() => string.Join('\n', _nodes.Select(node => $"--- {node.Name}\n{string.Join('\n', node.Tail.TakeLast(30))}"));

    public void Dispose() => Array.ForEach(_nodes, node => node.Dispose());

    private JournalNode SettingsOf(int place, int writers) =>
        new(_ports[place], _ports[..Count], Path.Combine(_trial.Work, $"disk{place}"), writers);

    private void Hear(NodeProcess node, string line, TaskCompletionSource ready)
    {
        lock (_lock)
        {
            if (line == JournalNode.Ready)
            {
                ready.SetResult();
            }
            else if (line == JournalNode.Leads)
            {
                _leader = node;
            }
            else if (line == JournalNode.Exchanged)
            {
                Interlocked.Increment(ref _exchanges);
            }
            else if (JournalCheck.TryParse(line) is var (id, number, text))
            {
                _acknowledged.TryAdd(id, []);
                _failure = _acknowledged[id].TryAdd(number, text) ? _failure : $"two events {number} of {id} are acknowledged";
                Interlocked.Increment(ref _count);
            }
            else
            {
                node.Tail.Add(line);
            }
        }
    }
}

/// <summary>A node, or the reader, and its restarts.</summary>
internal sealed class NodeProcess(string name) : Restartable(name)
{
    /// <summary>Its lines for people: what it wrote when it failed.</summary>
    public List<string> Tail { get; } = [];

    public void Start<T>(string verb, T settings, Action<OutputLine> heard) => Add(ChildProcess.Start(
        "dotnet",
        [TrialProgram.Path, PersistenceProgram.Name, verb, JsonSerializer.Serialize(settings)],
        heard: heard,
        keepsLines: false));
}
