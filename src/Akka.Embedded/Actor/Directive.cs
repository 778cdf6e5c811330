namespace Akka.Actor;

/// <summary>The parent's decision about a failed actor.</summary>
public enum Directive
{
    /// <summary>The actor keeps its state and continues with the next message.</summary>
    Resume,

    /// <summary>A new instance replaces the actor and continues with the next message.</summary>
    Restart,

    /// <summary>The parent itself fails with the same exception.</summary>
    Escalate,

    Stop,
}
