using Akka.Event;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// The hold of an actor. Meanwhile the process votes, acknowledges and commits on. It takes no Appends, because it could tell no result
/// of them, and prefers each other leader: clients ask the leader first, and its actor validates proposals.
/// </summary>
internal sealed class ActorHold(EngineContext context)
{
    // The hold stays until a person acts. The log of a day should name it, wherever the reader looks.
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(10);

    private DateTimeOffset? _toldOf;
    private long _logsAt;

    /// <summary>Of an Append that is committed: the actor that would tell its result is held before it.</summary>
    public static CancelReason Unapplied { get; } = new CancelReason.Unknown(UnknownReason.Stopped);

    /// <summary>A life of the actor begins.</summary>
    public void OnAttached()
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
            context.Log.Error(
                "{Process} of group {Group}: the actor is held at serial {Serial}, because it cannot {Step}. {Cause}. Deploy a program "
                    + "that can; the actor tries again by itself.",
                context.Process.Name,
                context.Process.Settings.Group,
                held.Serial,
                held.IsSnapshot ? "restore the snapshot" : "apply the pair",
                held.Error.TrimEnd('.'));
        }

        foreach (var (request, serial) in context.Process.Appends.Committed())
        {
            if (context.Process.Tries.HoldsBack(serial))
            {
                context.CancelAppend(request, Unapplied);
            }
        }
    }

    /// <summary>The actor is not held, or no longer.</summary>
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
