using Akka.Actor;

namespace RaftActors;

/// <summary>
/// Creates the <see cref="Raft"/> of an actor system. Name it in <c>akka.extensions</c> if the node should find its peers before
/// its first raft actor starts.
/// </summary>
internal sealed class RaftExtension : ExtensionIdProvider<Raft>
{
    /// <inheritdoc/>
    public override Raft CreateExtension(ExtendedActorSystem system) => new(system);
}
