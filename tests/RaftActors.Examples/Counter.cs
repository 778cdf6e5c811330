using Akka.Actor;

namespace RaftActors.Examples;

/// <summary>The smallest raft actor that is of use: a number that all nodes agree on.</summary>
public sealed class Counter : RaftActor<int>
{
    private int _total;

    public Counter() => Receive<Count>(count => Raft.Append("clicks", count.Number, replyTo: Sender));

    protected override object? HandleAppend(Entry<int> entry) => _total += entry.Value;
}

/// <summary>Adds to the counter; answered with an <see cref="AppendOutcome"/>.</summary>
public sealed record Count(int Number);
