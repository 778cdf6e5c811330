using Akka.Actor.Setup;

namespace RaftActors;

/// <summary>Steps that the <see cref="Raft"/> of an actor system takes before its first raft actor or client is created.</summary>
internal sealed class RaftSetup : Setup
{
    private readonly List<Action<Raft>> _steps = [];

    /// <summary>Adds a step. Steps run in this order. To be called before the actor system is created.</summary>
    public void Add(Action<Raft> step) => _steps.Add(step);

    /// <summary>Runs all steps.</summary>
    public void ApplyTo(Raft raft) => _steps.ForEach(step => step(raft));
}
