using System.Collections;

namespace RaftActors.Tests.Groups;

/// <summary>
/// Nodes hold nothing of calls that have ended, whichever call it was and however it ended. Otherwise a table fills, or a counter that
/// bounds open calls stays too high, after as many calls as its bound.
/// </summary>
public sealed class OpenCountsTests : NodesTest
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // The log and the results grow with pairs, until a snapshot. The memory of clients has bounds, which other tests reach. Those that have
    // closed wait for a second.
    private static readonly HashSet<string> Growing =
    [
        "ChunkedList`1.Count", "ClosedOrigins._last", "LogSlice.Length", "ResultRing`1.Bytes", "ResultRing`1.Count", "Session._count",
        "Session.capacity", "ValueSlab._used",
        "ByteWriter._members", "FrameReader._members", "OpenProposals._byOrigin", "Sessions._byAge", "Sessions._byOrigin",
        "Sessions._inAll",
    ];

    private readonly List<NamedNode> _nodes = [];

    [Fact]
    public async Task Calls_that_have_ended_leave_nothing_behind()
    {
        List<ProcessName> names = [.. Enumerable.Range(0, 3).Select(_ => NamedNode.NewName())];
        var roster = string.Join(", ", names.Select(name => $"\"{name}\""));
        names.ForEach(name => _nodes.Add(new NamedNode(this, name, $"raft.group = default\nraft.roster = [{roster}]")));
        _nodes.ForEach(node => node.ExpectWholeGroup(names));
        List<Dictionary<string, long>> rounds = [];
        for (var round = 0; round < 5; round++)
        {
            await CallAndEndInAllWaysAsync();
            rounds.Add(Counts());
        }

        Assert.True(rounds[^1].Count > 200, $"{rounds[^1].Count} counts were found");
        // A leak is the same in each round. Pauses and ticks grow too, by chance.
        long GrowthIn(string name, int round) => rounds[round].GetValueOrDefault(name) - rounds[round - 1].GetValueOrDefault(name);
        var grown = rounds[^1].Keys.Where(name =>
            GrowthIn(name, 4) is > 0 and var growth && GrowthIn(name, 3) == growth && GrowthIn(name, 2) == growth);
        var leaks = string.Join("\n", grown.Except(Growing).Select(name =>
            $"{name}: {string.Join(", ", rounds.Select(round => round.GetValueOrDefault(name)))}"));
        Assert.True(leaks.Length == 0, leaks);
    }

    private async Task CallAndEndInAllWaysAsync()
    {
        var (minute, soon) = (TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(1));
        await using var client = Raft.Get(Sys).CreateClient<string, int>(
            "default", [.. _nodes.Select(node => $"127.0.0.1:{node.Name.Node[1..]}")]);
        var appended = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.AppendAsync("key", "value", minute)));
        (await client.AppendAsync("key", "no", minute)).NotDone();
        await client.AppendAsync("key", "late", soon);
        await client.QueryAsync<Serial>("question", minute);
        await client.QueryAsync<Serial>("question", soon);
        await client.GetAsync(new Serial(1));
        await client.GetAsync(new Serial(long.MaxValue));
        await client.StatusAsync();
        await client.ExplainAsync();
        (await client.LeaveAsync(new ProcessName("unknown@:1"))).NotDone();
        await Assert.ThrowsAsync<RaftException>(() => client.TakeSnapshotAsync(_nodes[0].Name));
        await client.SubscribeAsync(new Serial(appended.Max(each => each.OrThrow().Serial.Value) - 2)).FirstAsync();
    }

    /// <summary>The numbers, and the lengths of the collections, in all objects of RaftActors on the nodes: sums by field.</summary>
    private Dictionary<string, long> Counts()
    {
        Dictionary<string, long> counts = [];
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object?> open = new(_nodes.Select(node => Raft.Get(node.System)));
        while (open.TryPop(out var next))
        {
            if (next is null or string or Pointer || !seen.Add(next))
            {
                continue;
            }

            var type = next.GetType();
            switch (next)
            {
                case ActorRefWithCell { Underlying: ActorCell cell }:
                    open.Push(typeof(ActorCell).GetProperty("Actor", Declared)!.GetValue(cell));
                    break;
                case Delegate made:
                    open.Push(made.Target);
                    break;
                case IEnumerable items when IsOfTheRuntime(items):
                    ItemsOf(items).ForEach(open.Push);
                    break;
                case var _ when type.Name.StartsWith("KeyValuePair", StringComparison.Ordinal)
                    || type.Name.StartsWith("ValueTuple", StringComparison.Ordinal):
                    Array.ForEach(type.GetFields(Declared), field => open.Push(field.GetValue(next)));
                    break;
                case var _ when type.Assembly != typeof(NamedNode).Assembly:
                    for (; type?.Assembly.GetName().Name!.StartsWith("RaftActors", StringComparison.Ordinal) ?? false; type = type.BaseType)
                    {
                        // Static fields have the objects of other tests, too.
                        foreach (var field in type.GetFields(Declared))
                        {
                            Look($"{type.Name}.{NameOf(field)}", field.GetValue(next));
                        }
                    }

                    break;
            }
        }

        return counts;

        void Look(string name, object? value)
        {
            if (value is int number || (number = CountOf(value)) >= 0)
            {
                counts[name] = counts.GetValueOrDefault(name) + number;
            }

            if (value is not (int or long or ulong or bool or Enum))
            {
                open.Push(value);
            }
        }
    }

    // <Count>k__BackingField, or a parameter of a primary constructor: <capacity>P.
    private static string NameOf(FieldInfo field) => field.Name is ['<', .. var rest] ? rest[..rest.IndexOf('>')] : field.Name;

    private static int CountOf(object? value) =>
        value is IEnumerable items and not string && IsOfTheRuntime(items) ? ItemsOf(items).Count : -1;

    // A type that the compiler makes, such as that of a collection expression, has no namespace.
    private static bool IsOfTheRuntime(IEnumerable items) =>
        items.GetType().Namespace is { } space && space.StartsWith("System.Collections", StringComparison.Ordinal);

    // A default array has no items. A collection that changes meanwhile fails in any way, and is looked at in the next round.
    private static List<object?> ItemsOf(IEnumerable items)
    {
        try
        {
            return [.. items.Cast<object?>()];
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException or IndexOutOfRangeException)
        {
            return [];
        }
    }
}
