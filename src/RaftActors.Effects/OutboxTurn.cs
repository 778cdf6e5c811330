using Akka.Actor;
using Akka.Event;

namespace RaftActors.Effects;

/// <summary>
/// A message of an outbox to its own actor, for work in the actor's turn. Handle it by <c>Receive&lt;OutboxTurn&gt;(_outbox.Run)</c>, in
/// each behaviour of the actor.
/// </summary>
public sealed class OutboxTurn : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    internal OutboxTurn(IActorRef runner) => Runner = runner;

    /// <summary>An outbox drops the turns of other runners: of an earlier leadership or life, or of another outbox of the actor.</summary>
    internal IActorRef Runner { get; }

    /// <summary>The name of the effect that has ended.</summary>
    internal string Name { get; init; } = "";

    /// <summary>The effect whose handler has ended for good. Null: none has.</summary>
    internal EffectEnd? End { get; init; }

    /// <summary>The pairs that were appended long ago are due again.</summary>
    internal bool IsTick { get; init; }

    /// <summary>The runner has restarted without its effects.</summary>
    internal bool IsLost { get; init; }
}
