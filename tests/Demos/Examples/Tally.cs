using Akka.Actor;

namespace RaftActors.Examples;

/// <summary>The actor that docs/actors.md shows: a number that any node may add to, and read linearizably.</summary>
public sealed class Tally : RaftActor<int, int>
{
    private int _total;

    public Tally()
    {
        Receive<Add>(add => Group.Append("votes", add.Number, replyTo: Sender));
        Receive<ReadTotal>(read => Group.Query(read, replyTo: Sender));
    }

    protected override int HandleAppend(Entry<int> entry) => _total += entry.Value;

    protected override object? HandleQuery(object question) => question is ReadTotal ? _total : null;
}

/// <summary>Adds to the tally. The sender receives an <see cref="Outcome{TResult}"/>.</summary>
public sealed record Add(int Number);

/// <summary>Reads the tally. The sender receives an <see cref="Outcome{TResult}"/> of object.</summary>
public sealed record ReadTotal;
