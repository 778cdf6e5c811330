namespace RaftActors.Dashboard.Tests;

/// <summary>Adds numbers.</summary>
internal sealed class Counter : RaftActor<int, int>
{
    private int _total;

    protected override int HandleAppend(Entry<int> entry) => _total += entry.Value;
}

/// <summary>A counter whose group and process have the names that the test gives.</summary>
internal sealed class NamedCounter(Names names)
    : RaftActor<int, int>(new() { Group = names.Group, Name = names.Process, Roster = [$"{names.Process}@{names.Node}"] })
{
    protected override int HandleAppend(Entry<int> entry) => entry.Value;
}

internal sealed record Names(string Group, string Process, string Node);

/// <summary>A counter of one shard.</summary>
internal sealed class ShardCounter(RaftShard shard) : RaftActor<int, int>(new() { Shard = shard })
{
    protected override int HandleAppend(Entry<int> entry) => entry.Value;
}
