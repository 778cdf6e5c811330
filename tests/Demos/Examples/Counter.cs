using Akka.Actor;

namespace RaftActors.Examples;

/// <summary>The smallest useful raft actor: a number that is the same on all nodes.</summary>
public sealed class Counter : RaftActor<int, int>
{
    private int _total;

    public Counter() => Receive<Count>(count => Group.Append("clicks", count.Number, replyTo: Sender));

    protected override int HandleAppend(Entry<int> entry) => _total += entry.Value;
}

/// <summary>Adds to the counter. The sender receives an <see cref="Outcome{TResult}"/>.</summary>
public sealed record Count(int Number);
