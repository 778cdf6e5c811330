using Akka.Actor;

namespace RaftActors;

/// <summary>
/// Creates the <see cref="RaftExtension"/> of an actor system. Name it in <c>akka.extensions</c> if the node should find its peers before
/// its first raft actor starts.
/// </summary>
public sealed class RaftExtensionProvider : ExtensionIdProvider<RaftExtension>
{
    /// <inheritdoc/>
    public override RaftExtension CreateExtension(ExtendedActorSystem system) => new(system);
}
