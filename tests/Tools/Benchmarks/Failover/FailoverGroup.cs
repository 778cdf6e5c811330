namespace RaftActors.Benchmarks.Failover;

/// <summary>Three nodes whose leader fails again and again.</summary>
internal sealed class FailoverGroup : IDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly string _settings;
    private readonly string _directory;
    private readonly TimeSpan _pause;
    private readonly string[] _ports;
    private readonly ChildProcess[] _nodes;
    private readonly Random _random = new(1);

    public FailoverGroup(FailoverArguments arguments)
    {
        var (min, max) = (arguments.MinMilliseconds, arguments.MaxMilliseconds);
        _settings = FormattableString.Invariant(
            $$"""
            akka.remote { retry-gate-closed-for = 500ms, use-passive-connections = off, flush-wait-on-shutdown = 500ms }
            raft {
              tick-interval = 5ms, heartbeat-interval = {{min / 3}}ms, election-timeout { min = {{min}}ms, max = {{max}}ms }
              discovery-interval = 100ms, quorum.keep = off
            }
            """);
        _pause = TimeSpan.FromMilliseconds(2 * max);
        _directory = Directory.CreateDirectory(Path.Combine(arguments.Directory, Path.GetRandomFileName())).FullName;
        _ports = [.. FreePorts.Take(3).Select(port => port.ToString(CultureInfo.InvariantCulture))];
        _nodes = [.. _ports.Select(Start)];
    }

    /// <summary>Ends all waits.</summary>
    public void Kill() => Array.ForEach(_nodes, node => node.Kill());

    /// <summary>Waits until all nodes have applied the first pair of the latest leader.</summary>
    public async Task<(int Leader, long Term)> AwaitLeaderAsync()
    {
        await await Task.WhenAny(_nodes.Select(node => EventAsync(node, "committed", 1)));
        while (true)
        {
            var (leader, term) = LatestLeader();
            await Task.WhenAll(_nodes.Select(node => EventAsync(node, node == _nodes[leader] ? "committed" : "applied", term)));
            if (LatestLeader() == (leader, term))
            {
                return (leader, term);
            }
        }
    }

    /// <summary>Fails the leader, measures the failover, and restores the group.</summary>
    /// <exception cref="TimeoutException">No leader, or a node did not catch up.</exception>
    public async Task<Failover> RunAsync(bool kills)
    {
        var (leader, term) = await AwaitLeaderAsync();
        await Task.Delay(_pause + (_random.NextDouble() * _pause));
        var others = _nodes.Where(node => node != _nodes[leader]).ToArray();
        var start = Stopwatch.GetTimestamp();
        _nodes[leader].Send(kills ? Signal.Kill : Signal.Stop);
        var committed = await await Task.WhenAny(others.Select(node => EventAsync(node, "committed", term + 1)));
        var led = others.SelectMany(EventsOf).First(one => one.What == "leads" && one.Term == committed.Term);
        if (kills)
        {
            _nodes[leader].Dispose();
            _nodes[leader] = Start(_ports[leader]);
        }
        else
        {
            _nodes[leader].Send(Signal.Continue);
        }

        return new Failover(
            Stopwatch.GetElapsedTime(start, led.At), Stopwatch.GetElapsedTime(start, committed.At), committed.Term - term);
    }

    public void Dispose()
    {
        Array.ForEach(_nodes, node => node.Dispose());
        Directory.Delete(_directory, recursive: true);
    }

    private (int Leader, long Term) LatestLeader() => Enumerable.Range(0, _nodes.Length)
        .SelectMany(place => EventsOf(_nodes[place]).Where(one => one.What == "committed"), (place, one) => (place, one.Term))
        .MaxBy(one => one.Term);

    private static IEnumerable<Event> EventsOf(ChildProcess node) => node.Lines(_ => true).Select(Parse);

    // The first event of this kind in this term or in a later one.
    private static async Task<Event> EventAsync(ChildProcess node, string what, long term) =>
        await node.Line(line => Parse(line) is var one && one.What == what && one.Term >= term, WaitMax) is { } line
            ? Parse(line)
            : throw new TimeoutException($"A node did not report '{what}' for term {term} or later within {WaitMax.TotalSeconds} s. Its "
                + $"last lines are:\n{string.Join('\n', node.Lines(_ => true).TakeLast(5).Select(one => one.Text))}");

    private static Event Parse(OutputLine line) => line.Text.Split(' ') is [var what, var term, var at]
        && long.TryParse(term, CultureInfo.InvariantCulture, out var number)
        && long.TryParse(at, CultureInfo.InvariantCulture, out var ticks)
            ? new Event(what, number, ticks)
            : new Event("", 0, 0);

    private ChildProcess Start(string port) => ChildProcess.Start(
        "dotnet",
        [
            typeof(FailoverGroup).Assembly.Location, FailoverNode.Verb,
            _settings, string.Join(',', _ports), port, Path.Combine(_directory, port),
        ]);

    private readonly record struct Event(string What, long Term, long At);
}

/// <summary>One failover.</summary>
/// <param name="Led">From the signal until the new leader knew that it leads.</param>
/// <param name="Committed">From the signal until the new leader applied its first pair.</param>
/// <param name="Terms">Terms since the old leader. More than one: votes were split, or a leader lost its term.</param>
internal sealed record Failover(TimeSpan Led, TimeSpan Committed, long Terms);
