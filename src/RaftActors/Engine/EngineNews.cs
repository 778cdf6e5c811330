using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

namespace RaftActors.Engine;

/// <summary>Messages to the registry of a node about its engines. Closed.</summary>
internal abstract record EngineNews
{
    /// <summary>
    /// This node opens the store of a process, or an actor waits for it. <see cref="Started"/> or <see cref="OpeningEnded"/> follows.
    /// </summary>
    public sealed record Opening(ProcessPlace Place) : EngineNews;

    /// <summary>
    /// No engine of this process will start: its opening has failed, no actor waits for it any more, or its engine has stopped.
    /// </summary>
    public sealed record OpeningEnded(ProcessPlace Place) : EngineNews;

    /// <summary>An engine has started. The sender is the engine.</summary>
    public sealed record Started(RaftProcess Process) : EngineNews;

    /// <summary>The engine of this process has stopped, while its node runs on.</summary>
    public sealed record Stopped(RaftProcess Process) : EngineNews;

    /// <summary>The process has another actor, or none (null).</summary>
    public sealed record ActorChanged(RaftProcess Process, IActorRef? Actor) : EngineNews;

    /// <summary>An engine has met another process of its group by a message. The registry tells it what it knows of that process.</summary>
    public sealed record Met(RaftProcess Process, ProcessName Name, IActorRef Engine) : EngineNews;

    /// <summary>The other processes in the configuration of an engine's group. Sent at its start and at each change.</summary>
    public sealed record Names(RaftProcess Process, ImmutableArray<ProcessName> Others) : EngineNews;

    /// <summary>A process is no longer quiescent, or its engine has stopped, so the registry ends its watch.</summary>
    public sealed record Unwatched(string Group, ProcessName Name) : EngineNews, IDeadLetterSuppression;

    /// <summary>The engine that sends this may stop.</summary>
    public sealed record Prepared : EngineNews;
}

/// <summary>The actor system will stop. The registry forwards it to its engines, and answers Done when all of them may stop.</summary>
internal sealed record PrepareStop;
