using Akka.Actor;

namespace RaftActors;

/// <summary>
/// Makes the <see cref="RaftExtension"/> of an actor system. A node that should know of its peers before its first raft actor starts may
/// name it in <c>akka.extensions</c>.
/// </summary>
public sealed class RaftExtensionProvider : ExtensionIdProvider<RaftExtension>
{
    /// <inheritdoc/>
    public override RaftExtension CreateExtension(ExtendedActorSystem system) => new(system);
}
