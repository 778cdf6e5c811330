using Akka.Actor;

namespace RaftActors.Network;

/// <summary>
/// The routes for calls of clients: of those of a node (<see cref="NodeNetwork"/>), or of a program that is none
/// (<see cref="CallConnections"/>). Thread-safe.
/// </summary>
internal interface ICallNetwork
{
    /// <summary>The address of this node for calls; null: the program is no node.</summary>
    Address? CallAddress { get; }

    /// <summary>Why nodes cannot be connected to, for people; empty: nothing is known.</summary>
    string Problems { get; }

    /// <summary>The route to a node.</summary>
    /// <param name="node">As <see cref="Settings.CustomAddress.WithoutSystem"/> has it.</param>
    ICallLink LinkTo(Address node);
}
