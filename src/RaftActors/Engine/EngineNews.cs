using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

namespace RaftActors.Engine;

/// <summary>What the registry of a node is told about its engines. Closed.</summary>
internal abstract record EngineNews
{
    /// <summary>This node opens the store of a process of this group. An engine or a <see cref="RaftEvent.StartFailed"/> follows.</summary>
    public sealed record Opening(string Group) : EngineNews;

    /// <summary>An engine has started. The sender is the engine.</summary>
    public sealed record Started(RaftProcess Process) : EngineNews;

    /// <summary>The engine of this process has stopped, while its node runs on.</summary>
    public sealed record Stopped(RaftProcess Process) : EngineNews;

    /// <summary>The other processes that an engine's log or its configuration names. Sent at its start and at each change.</summary>
    public sealed record Names(RaftProcess Process, ImmutableArray<ProcessName> Others) : EngineNews;

    /// <summary>A process that was quiescent needs no watch any more, or its engine has stopped.</summary>
    public sealed record Unwatched(string Group, ProcessName Name) : EngineNews, IDeadLetterSuppression;

    /// <summary>The engine that sends this may stop.</summary>
    public sealed record Prepared : EngineNews;
}

/// <summary>
/// The actor system is about to stop. The registry passes it to its engines, and answers with Done when all of them may stop.
/// </summary>
internal sealed record PrepareStop;
