using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>What a part of an engine asks of the engine.</summary>
internal interface IEngineHost
{
    /// <summary>
    /// Gives Core an input, and carries out its effects. An effect may cause a further input: a write may be durable at once. Invariant:
    /// that input waits until the present effects are carried out.
    /// </summary>
    void Step(Input input);

    /// <summary>Passes a message of this engine to itself, such as an Append of the leader, to the part that takes it.</summary>
    void Receive(WireMessage message);
}
