using System.Text.Json.Nodes;

using Akka.Actor;

namespace RaftActors.Simulator.Actors.Lists;

/// <summary>
/// Keeps a <see cref="Store"/> the same on all nodes. Each operation that changes it is one pair. Each other one is a linearizable query.
/// So any node answers, from a state that has all that was answered before.
/// </summary>
internal sealed class StoreActor : RaftActor<string, string>, IRaftSnapshot<string>
{
    private readonly Store _store = new();

    public StoreActor()
    {
        Receive<Change>(change => Raft.Append("operation", change.Operation, replyTo: Sender));
        Receive<Read>(read => Raft.Query(read, replyTo: Sender));
    }

    public string TakeSnapshot(Serial serial) => _store.Save();

    public void RestoreSnapshot(Serial serial, string state) => _store.Load(state);

    protected override string HandleAppend(Entry<string> entry) =>
        _store.Do(JsonNode.Parse(entry.Value)!).ToJsonString(); // Justification: an operation is an object.

    protected override object? HandleQuery(object question) =>
        question is Read read ? _store.Do(read.Operation).ToJsonString() : null;

    /// <summary>
    /// Does an operation on all nodes. The sender receives an <see cref="Outcome{TResult}"/> with the body of the answer.
    /// </summary>
    /// <param name="Operation">The operation as text.</param>
    internal sealed record Change(string Operation);

    /// <summary>
    /// Does an operation that changes nothing. The sender receives an <see cref="Outcome{TResult}"/> of object with the body of the answer.
    /// </summary>
    internal sealed record Read(JsonNode Operation);
}
