using Akka.Actor;

using RaftActors;

namespace RaftApp;

/// <summary>A number that is the same on all nodes. Each node runs one instance.</summary>
public sealed class Counter : RaftActor<int, int>
{
    private int _total;

    // An actor may append by a message too. The sender receives an Outcome<int>.
    public Counter() => Receive<Count>(count => Group.Append("clicks", count.Number, replyTo: Sender));

    // Called on every node with the same entries in the same order. The result goes to the caller.
    protected override int HandleAppend(Entry<int> entry) => _total += entry.Value;
}

/// <summary>Adds a number to the counter.</summary>
public sealed record Count(int Number);
