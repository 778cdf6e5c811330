using Akka.Actor;

namespace RaftActors.Network;

/// <summary>
/// The routes for the calls of clients: those of a node (<see cref="NodeNetwork"/>), or of a program that is no node (<see
/// cref="CallConnections"/>). Thread-safe.
/// </summary>
internal interface ICallNetwork
{
    /// <summary>The address of this node for calls, or null if the program is no node.</summary>
    Address? CallAddress { get; }

    /// <summary>Explains to a person why nodes cannot be connected to. Empty if nothing is known.</summary>
    string Problems { get; }

    /// <param name="node">An address as <see cref="Settings.RaftAddress.WithoutSystem"/> returns it.</param>
    ICallLink LinkTo(Address node);
}
