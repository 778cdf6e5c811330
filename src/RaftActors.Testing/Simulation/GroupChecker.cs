using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;

namespace RaftActors.Testing.Simulation;

/// <summary>
/// Promises that any run must keep. Three of Raft: a term has one leader at most, a serial has one committed pair, and the times of pairs
/// never fall. Those of the user's actors: HandleAppend gives one result for a serial on all nodes, and no digests and snapshots differ.
/// </summary>
/// <param name="actors">Those of one group.</param>
/// <param name="allowsDiverged">Digests and snapshots may differ.</param>
internal sealed class GroupChecker(World world, IReadOnlyList<HostedActor> actors, bool allowsDiverged = false)
{
    private readonly Dictionary<long, ProcessName> _leaders = [];
    private readonly StateChecker _states = new(actors);

    // Lacks the pairs that no node had in memory when they were checked.
    private readonly Dictionary<Serial, (string Key, ReadOnlyMemory<byte> Value, LogTime Time)> _pairs = [];

    // The first result of any node, and the name of the node. Lacks those that were not kept.
    private readonly Dictionary<Serial, (ReadOnlyMemory<byte> Bytes, string Text, string Node)> _results = [];

    // The last serial whose result was checked of each node, in the life of its actor.
    private readonly (object? Life, Serial Serial)[] _compared = new (object?, Serial)[actors.Count];

    // The last serial that was checked of each node, since its start.
    private readonly (object? Life, Serial Serial)[] _checked = new (object?, Serial)[actors.Count];

    /// <summary>The committed pairs.</summary>
    public long Pairs { get; private set; }

    /// <exception cref="SimulationException">A promise is broken.</exception>
    public void Check()
    {
        for (var number = 0; number < actors.Count; number++)
        {
            if (actors[number].Process is { } process)
            {
                Check(number, actors[number].Node.Life, process.Status, process.Pairs);
                CheckResults(number, process);
            }
        }

        if (!allowsDiverged)
        {
            _states.Check();
        }
    }

    /// <summary>Checks one process.</summary>
    /// <param name="number">The number of its actor.</param>
    /// <param name="life">The start of its node.</param>
    /// <exception cref="SimulationException">A promise is broken.</exception>
    internal void Check(int number, object? life, RaftStatus status, CommittedPairs pairs)
    {
        CheckLeader(status);
        var committed = pairs.CommittedSerial;
        for (var serial = Advance(ref _checked[number], life, committed); serial <= committed; serial = serial.Next)
        {
            CheckPair(actors[number].Node, serial, pairs);
        }
    }

    // Returns the first serial that was not checked in this life.
    private static Serial Advance(ref (object? Life, Serial Serial) last, object? life, Serial to)
    {
        var first = last.Life == life ? last.Serial.Next : Serial.Zero.Next;
        last = (life, to);
        return first;
    }

    private void CheckLeader(RaftStatus status)
    {
        if (status.Role != RaftRole.Leader)
        {
            return;
        }

        if (_leaders.TryAdd(status.Term, status.Name))
        {
            Tell($"{status.Name} leads in term {status.Term}");
        }
        else if (_leaders[status.Term] != status.Name)
        {
            throw new SimulationException("leaders", $"term {status.Term} has two leaders: {_leaders[status.Term]} and {status.Name}");
        }
    }

    private void Tell(FormattableString text)
    {
        if (world.Trace.NeedsLines)
        {
            world.Trace.Show(world.Now, FormattableString.Invariant(text), isOfStory: true);
        }
    }

    private void CheckPair(SimulatedNode node, Serial serial, CommittedPairs pairs)
    {
        Pairs = Math.Max(Pairs, serial.Value);
        var (pair, before) = (default(StoredPair), new Serial(serial.Value - 1));
        if (pairs.TryReadAfter(before, new Span<StoredPair>(ref pair)) is not 1)
        {
            return;
        }

        if (!_pairs.TryGetValue(serial, out var known))
        {
            _pairs.Add(serial, (pair.Key, pair.Value.ToArray(), pair.Time));
            Tell($"serial {serial} is committed: '{pair.Key}'");
        }
        else if ((known.Key, known.Time) != (pair.Key, pair.Time) || !known.Value.Span.SequenceEqual(pair.Value.Span))
        {
            throw new SimulationException("pairs", $"{node.Name} has committed another pair at serial {serial} than a node before it");
        }

        if (_pairs.TryGetValue(before, out var earlier) && pair.Time < earlier.Time)
        {
            throw new SimulationException(
                "times", $"{node.Name} has serial {serial} at {pair.Time}, and the serial before it at {earlier.Time}");
        }
    }

    // A life is checked between two turns, so its results are at rest.
    private void CheckResults(int number, RaftProcess process)
    {
        if (!allowsDiverged && process.Status.DivergedAt is { } divergence)
        {
            throw new SimulationException("states", $"{divergence}") { Actor = actors[number].Latest?.GetType() };
        }

        if (process.Actor is not { Results: { } results } life)
        {
            return;
        }

        var delivered = process.Delivered;
        for (var serial = Advance(ref _compared[number], life, delivered); serial <= delivered; serial = serial.Next)
        {
            CheckResult(number, serial, results.Show(serial));
        }
    }

    private void CheckResult(int number, Serial serial, (ReadOnlyMemory<byte> Bytes, string Text)? result)
    {
        if (result is not var (bytes, text))
        {
            return;
        }

        var node = actors[number].Node.Name;
        if (!_results.TryGetValue(serial, out var known))
        {
            _results.Add(serial, (bytes.ToArray(), text, node));
        }
        else if (!known.Bytes.Span.SequenceEqual(bytes.Span))
        {
            var key = _pairs.TryGetValue(serial, out var pair) ? $" ('{pair.Key}')" : "";
            throw new SimulationException(
                "results",
                $"HandleAppend returned '{known.Text}' on {known.Node} and '{text}' on {node} for serial {serial}{key}, so their states "
                    + $"may differ for good{StateChecker.Restored(actors[number])}")
            {
                Actor = actors[number].Latest?.GetType(),
            };
        }
    }
}
