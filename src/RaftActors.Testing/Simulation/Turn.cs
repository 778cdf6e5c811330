using Akka.Actor;

namespace RaftActors.Testing.Simulation;

/// <summary>Something that happens in a simulation at one moment.</summary>
/// <param name="Life">The start of the node that it belongs to, or null. A crash of this start drops the turn.</param>
/// <param name="Cancelable">Null if it cannot be cancelled.</param>
internal readonly record struct Turn(NodeLife? Life, Action Run, ICancelable? Cancelable = null);
