using Akka.Actor;

namespace RaftActors.Hosting;

/// <summary>The actors and the actor system that <see cref="RaftHostBuilder"/> was given.</summary>
internal sealed class HostPlan
{
    /// <summary>Finds the actor system that another component owns. Null: the host owns one.</summary>
    public Func<IServiceProvider, ActorSystem>? ExistingSystem { get; set; }

    public List<PlannedActor> Actors { get; } = [];

    /// <summary>Names the types of a JSON context each. Run before the result types are registered.</summary>
    public List<Action<Raft>> JsonTypes { get; } = [];

    /// <summary>Registers a result type each. Run before the actors start.</summary>
    public List<Action<Raft>> ResultTypes { get; } = [];
}

/// <summary>An actor to start.</summary>
/// <param name="Name">The name of the actor below <c>/user</c>.</param>
/// <param name="MakeProps">Makes the recipe. It reports each exception of the actor's constructor to the second argument.</param>
internal sealed record PlannedActor(string Name, Func<IServiceProvider, Action<Exception>, Props> MakeProps);
