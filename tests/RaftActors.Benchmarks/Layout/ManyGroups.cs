using System.Collections.Immutable;

using RaftActors.Cli.Plan;
using RaftActors.Core;

namespace RaftActors.Benchmarks.Layout;

/// <summary>
/// Many groups on many nodes in virtual time, on one thread: each process is the Core of the product. The nodes have one disk each, which
/// syncs all writes of its processes together, and one heartbeat for their quiescent groups, as the product has. The seed decides all.
/// </summary>
internal sealed class ManyGroups
{
    private const long Sync = 1_000;
    private const long OneWay = 250;

    private readonly ManyGroupsSettings _settings;
    private readonly GroupLayout _layout;
    private readonly PriorityQueue<Due, (long At, long Order)> _queue = new();
    private readonly GroupProcess[] _processes;
    private readonly Dictionary<ProcessName, GroupProcess> _byName = [];
    private readonly GroupNode[] _nodes;
    private long _order;

    public ManyGroups(GroupLayout layout, ManyGroupsSettings settings)
    {
        (_layout, _settings) = (layout, settings);
        var random = new Random((int)settings.Seed);
        _nodes = [.. Enumerable.Range(0, layout.Nodes).Select(node => new GroupNode(node, random.NextInt64(settings.Tick)))];
        _processes = [.. Enumerable.Range(0, layout.Groups).SelectMany(group => ProcessesOf(group, random))];
        Array.ForEach(_processes, process => _byName.Add(process.Name, process));
        foreach (var process in _processes)
        {
            Start(process);
        }

        Array.ForEach(_nodes, node => Add(node.Phase + settings.Heartbeat, DueKind.Beats, node));
    }

    /// <summary>Virtual time in microseconds.</summary>
    public long Now { get; private set; }

    /// <summary>What happened since the last <see cref="Traffic.Clear"/>.</summary>
    public Traffic Traffic { get; } = new();

    /// <summary>Groups that a living process leads.</summary>
    public int Led => Groups.Count(group => LeaderOf(group) is not null);

    /// <summary>Groups that the living member of the highest priority leads.</summary>
    public int LedByPreferred => Groups.Count(group => LeaderOf(group) is { } leader
        && leader == Members(group).FirstOrDefault(process => process.Node.IsAlive));

    /// <summary>Processes that count no ticks.</summary>
    public int Quiescent => _processes.Count(process => process is { Core.IsQuiescent: true, Node.IsAlive: true });

    /// <summary>Leaders on each living node.</summary>
    public int[] LeadersByNode()
    {
        var counts = new int[_nodes.Length];
        foreach (var group in Groups)
        {
            counts[LeaderOf(group)?.Node.Number ?? 0] += LeaderOf(group) is null ? 0 : 1;
        }

        return [.. counts.Where((_, node) => _nodes[node].IsAlive)];
    }

    private IEnumerable<int> Groups => Enumerable.Range(0, _layout.Groups);

    /// <summary>Runs until a condition holds, which is looked at each tenth of a second.</summary>
    /// <returns>The time that it took; null: it did not hold within the limit.</returns>
    public TimeSpan? RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var begin = Now;
        for (var end = begin + (long)limit.TotalMicroseconds; Now < end;)
        {
            if (condition())
            {
                return TimeSpan.FromMicroseconds(Now - begin);
            }

            Run(TimeSpan.FromMilliseconds(100));
        }

        return condition() ? TimeSpan.FromMicroseconds(Now - begin) : null;
    }

    public void Run(TimeSpan time)
    {
        var end = Now + (long)time.TotalMicroseconds;
        while (_queue.TryPeek(out var due, out var key) && key.At <= end)
        {
            _queue.Dequeue();
            Now = key.At;
            Do(due);
        }

        Now = end;
    }

    /// <summary>Stops a node for ever.</summary>
    /// <param name="closes">True: its connections end, as when its program crashes. False: it falls silent.</param>
    /// <returns>The groups that it led.</returns>
    public IReadOnlyList<int> Stop(int number, bool closes)
    {
        var node = _nodes[number];
        int[] led = [.. Groups.Where(group => LeaderOf(group)?.Node == node)];
        node.IsAlive = false;
        node.StoppedAt = Now;
        if (closes)
        {
            foreach (var lost in _processes.Where(process => process.Node == node))
            {
                foreach (var other in Members(lost.Group).Where(other => other.Node.IsAlive))
                {
                    Add(Now + OneWay, DueKind.Closed, (other, lost.Name));
                }
            }
        }

        return led;
    }

    public bool HaveLeaders(IEnumerable<int> groups) => groups.All(group => LeaderOf(group) is not null);

    /// <summary>The time from a time on until each of these groups got a leader; without those that got none.</summary>
    public IEnumerable<TimeSpan> ElectedAfter(IEnumerable<int> groups, long since) => groups
        .Select(group => Members(group).Min(process => process.FirstLedFrom(since))).OfType<long>()
        .Select(at => TimeSpan.FromMicroseconds(at - since));

    private GroupProcess? LeaderOf(int group)
    {
        GroupProcess? latest = null;
        foreach (var process in Members(group))
        {
            if (process.Node.IsAlive && process.Core.Role == RaftRole.Leader
                && (latest is null || process.Core.Term > latest.Core.Term))
            {
                latest = process;
            }
        }

        return latest;
    }

    private ArraySegment<GroupProcess> Members(int group) => new(_processes, group * _settings.Members, _settings.Members);

    private IEnumerable<GroupProcess> ProcessesOf(int group, Random random)
    {
        var nodes = _layout.MembersOf(group);
        ImmutableArray<ProcessName> roster = [.. nodes.Select(node => new ProcessName($"g-{group}@{GroupLayout.NameOf(node)}"))];
        for (var place = 0; place < nodes.Count; place++)
        {
            var options = new CoreOptions
            {
                Self = new Member(roster[place], new Incarnation(Uid(random))),
                Roster = roster,
                FoundingUid = new GroupUid(Uid(random)),
                Seed = (ulong)random.NextInt64(),
                Priority = nodes.Count - place,
                QuiesceTicks = _settings.QuiesceTicks,
            };
            yield return new GroupProcess(group, _nodes[nodes[place]], options);
        }
    }

    private static Guid Uid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private void Start(GroupProcess process)
    {
        // Ticks of all processes of a node come together, from one clock.
        process.TickedAt = process.Node.Phase - _settings.Tick;
        Add(process.Node.Phase, DueKind.Tick, (process, process.Version));
        foreach (var other in Members(process.Group).Where(other => other != process))
        {
            Add(OneWay, DueKind.Met, (process, other.Name));
        }
    }

    private void Do(Due due)
    {
        switch (due)
        {
            case (DueKind.Deliver, Envelope envelope):
                if (_byName[envelope.To.Name] is { Node.IsAlive: true } receiver)
                {
                    Step(receiver, new Input.Receive(envelope));
                }

                break;
            case (DueKind.Tick, (GroupProcess process, long version)):
                if (process.Node.IsAlive && process.Version == version)
                {
                    CatchUp(process);
                    Plan(process);
                }

                break;
            case (DueKind.Written, (GroupProcess process, Ticket ticket)):
                if (process.Node.IsAlive)
                {
                    Step(process, new Input.Persisted(ticket));
                }

                break;
            case (DueKind.Met, (GroupProcess process, ProcessName name)):
                Step(process, new Input.PeerReachable(name));
                break;
            case (DueKind.Closed, (GroupProcess process, ProcessName name)):
                if (process.Node.IsAlive)
                {
                    Step(process, new Input.PeerUnreachable(name));
                }

                break;
            case (DueKind.Beats, GroupNode node):
                Beat(node);
                break;
        }
    }

    /// <summary>Counts the ticks that are over. They come before any other input, as in the engine.</summary>
    private void CatchUp(GroupProcess process)
    {
        while (!process.Core.IsQuiescent && Now - process.TickedAt >= _settings.Tick)
        {
            process.TickedAt += _settings.Tick;
            Take(process, Input.Tick.Instance);
        }
    }

    private void Step(GroupProcess process, Input input)
    {
        CatchUp(process);
        Take(process, input);
        Plan(process);
    }

    /// <summary>Plans the next tick that may have an effect. An engine lets the ticks before it wait, too.</summary>
    private void Plan(GroupProcess process)
    {
        process.Version++;
        if (!process.Core.IsQuiescent)
        {
            var ticks = process.Core.TicksUntilDue;
            Add(process.TickedAt + (ticks * _settings.Tick), DueKind.Tick, (process, process.Version));
        }
    }

    private void Take(GroupProcess process, Input input)
    {
        Traffic.Steps++;
        foreach (var effect in process.Core.Step(input, new Instant(Now + 1)))
        {
            switch (effect)
            {
                case Effect.Send(var envelope):
                    Send(process, envelope);
                    break;
                case Effect.Persist(var ticket, _, _):
                    Add(process.Node.WrittenAt(Now, Sync, Traffic), DueKind.Written, (process, ticket));
                    break;
                case Effect.Quiesced quiesced:
                    process.Watch(quiesced.Watched, _byName);
                    break;
                case Effect.Woken:
                    // The ticks of its rest are over, and are not made up for.
                    process.TickedAt = Now - ((Now - process.Node.Phase) % _settings.Tick);
                    break;
                case Effect.Unwatched:
                    process.Watch([], _byName);
                    break;
            }
        }

        process.Note(Now);
    }

    private void Send(GroupProcess process, Envelope envelope)
    {
        var to = _byName[envelope.To.Name].Node;
        Traffic.Count(process.Node, to, envelope);
        Add(Now + OneWay, DueKind.Deliver, envelope);
    }

    private void Beat(GroupNode node)
    {
        if (!node.IsAlive)
        {
            return;
        }

        foreach (var (other, watching) in node.Watched.ToArray())
        {
            Traffic.CountBeat(node);

            // A silent node is noticed after the shortest election timeout, by the processes that depend on one there.
            if (!other.IsAlive && Now - other.LastBeat(_settings.Heartbeat) - OneWay >= _settings.ElectionMin)
            {
                foreach (var (process, name) in watching.ToArray())
                {
                    Step(process, new Input.PeerUnreachable(name));
                }
            }
        }

        Add(Now + _settings.Heartbeat, DueKind.Beats, node);
    }

    private void Add(long at, DueKind kind, object body) => _queue.Enqueue(new Due(kind, body), (at, _order++));

    private enum DueKind
    {
        Deliver,
        Tick,
        Written,
        Met,
        Closed,
        Beats,
    }

    private readonly record struct Due(DueKind Kind, object Body);
}

/// <summary>The settings of all groups. Times in microseconds, with the product's defaults.</summary>
/// <param name="Members">The members of each group.</param>
/// <param name="Seed">Decides all random choices.</param>
/// <param name="QuiesceTicks">Ticks without work until a group becomes quiescent; 0: never.</param>
internal sealed record ManyGroupsSettings(int Members, ulong Seed, int QuiesceTicks)
{
    public long Tick => 50_000;

    public long Heartbeat => 250_000;

    public long ElectionMin => 1_000_000;
}
