using System.Runtime.CompilerServices;

using Akka.Actor;

namespace RaftActors.Wire;

/// <summary>
/// The references of users' actors on other nodes, by their paths. Messages to them go by the remoting, or by a custom transport, which
/// has none. Thread-safe.
/// </summary>
internal sealed class UserActors
{
    private static readonly ConditionalWeakTable<ActorSystem, UserActors> OfSystems = [];

    private UserActors(ExtendedActorSystem system) => Resolve = system.Provider.ActorAt;

    public static UserActors Of(ActorSystem system) =>
        OfSystems.GetValue(system, static each => new UserActors((ExtendedActorSystem)each));

    /// <summary>The actor at a path with address. A custom transport sets it before it takes the first message.</summary>
    public Func<string, IActorRef> Resolve { get; set; }
}
