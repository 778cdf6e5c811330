using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>The calls of the parts of an engine to the engine.</summary>
internal interface IEngineHost
{
    /// <summary>
    /// Gives Core an input, and carries out its effects. Invariant: if an effect causes a further input, such as a write that is durable at
    /// once, that input waits until the current effects are carried out.
    /// </summary>
    void Step(Input input);

    /// <summary>Handles a message of this engine to itself, such as an Append on the leader.</summary>
    void Receive(WireMessage message);
}
