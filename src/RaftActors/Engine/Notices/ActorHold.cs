using Akka.Event;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// The conduct of a process whose actor is held. It still votes, acknowledges and commits. It takes no Appends, because it could tell no
/// results, and prefers each other process as the leader, because clients ask the leader first and its actor validates proposals.
/// </summary>
internal sealed class ActorHold(EngineContext context) : IEnginePart
{
    // The hold stays until a person acts, so the log repeats it. A reader should find it in any part of the log.
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(10);

    private DateTimeOffset? _toldOf;
    private long _logsAt;

    /// <summary>The reason for committed Appends whose actor is held before them, so nobody can tell the results.</summary>
    public static RaftFailure Unapplied { get; } = RaftFailure.Unknown(FailureReason.Stopped);

    public void OnAttached(Serial last)
    {
        if (context.Process.Tries.HeldAt is not { } held)
        {
            OnEnded();
            return;
        }

        if (_toldOf != held.Since)
        {
            (_toldOf, _logsAt) = (held.Since, context.Now);
            context.Publish(new RaftEvent.Held(context.Process.Settings.Group, context.Process.Name, held));
            context.Step(new Input.Held(IsHeld: true));
        }

        if (_logsAt <= context.Now)
        {
            _logsAt = context.DeadlineAfter(LogInterval);
            context.Log.Error("{Process} of group {Group}: {Hold}", context.Process.Name, context.Process.Settings.Group, held);
        }

        foreach (var (request, serial) in context.Process.Appends.Committed())
        {
            if (context.Process.Tries.HoldsBack(serial))
            {
                context.CancelAppend(request, Unapplied);
            }
        }
    }

    public void OnEnded()
    {
        if (_toldOf is not null)
        {
            _toldOf = null;
            context.Step(new Input.Held(IsHeld: false));
            context.Log.Info(
                "{Process} of group {Group}: the actor is not held any more", context.Process.Name, context.Process.Settings.Group);
        }
    }
}
