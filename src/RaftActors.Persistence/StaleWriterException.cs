namespace RaftActors.Persistence;

/// <summary>
/// A persistent actor has persisted, and another incarnation of it, or another actor with its persistence id, had written before. Nothing
/// of the write is in the journal. <c>OnPersistFailure</c> gets it, and Akka.NET stops the actor, because its state lacks events.
/// </summary>
public sealed class StaleWriterException : RaftException
{
    internal StaleWriterException(string message)
        : base(message)
    {
    }
}
