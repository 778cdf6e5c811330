using Akka.Actor;
using Akka.Persistence.Query;

namespace RaftActors.Persistence.Query;

/// <summary>Makes the read journal that <c>akka.persistence.query.journal.raft</c> names.</summary>
internal sealed class RaftReadJournalProvider(ExtendedActorSystem system) : IReadJournalProvider
{
    /// <inheritdoc/>
    public IReadJournal GetReadJournal() => new RaftReadJournal(system);
}
