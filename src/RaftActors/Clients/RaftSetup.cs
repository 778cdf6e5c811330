using Akka.Actor.Setup;

namespace RaftActors;

/// <summary>
/// Steps that the <see cref="Raft"/> of an actor system takes before its first raft actor or client is created. One of the setups with
/// which the system is created.
/// </summary>
public sealed class RaftSetup : Setup
{
    private readonly List<Action<Raft>> _steps = [];

    /// <summary>Adds a step. Steps run in this order. To be called before the actor system is created.</summary>
    /// <param name="step">Such as <see cref="Raft.UseTransport"/>.</param>
    public void Add(Action<Raft> step) => _steps.Add(step);

    /// <summary>Runs all steps.</summary>
    internal void ApplyTo(Raft raft) => _steps.ForEach(step => step(raft));
}
