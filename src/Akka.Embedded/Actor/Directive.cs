namespace Akka.Actor;

/// <summary>What becomes of an actor that failed.</summary>
public enum Directive
{
    /// <summary>It goes on with the next message and its state.</summary>
    Resume,

    /// <summary>A new instance goes on with the next message.</summary>
    Restart,

    /// <summary>Its parent fails with the same exception.</summary>
    Escalate,

    Stop,
}
