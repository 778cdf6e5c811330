using Akka.Actor.Setup;

namespace RaftActors;

/// <summary>
/// A step that the <see cref="Raft"/> of an actor system takes before its first raft actor or client is created, such as
/// <see cref="Raft.UseJson"/>. One of the setups with which the system is created.
/// </summary>
/// <param name="step">Called once.</param>
public sealed class RaftSetup(Action<Raft> step) : Setup
{
    internal void ApplyTo(Raft raft) => step(raft);
}
