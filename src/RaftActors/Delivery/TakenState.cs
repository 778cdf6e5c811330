namespace RaftActors.Delivery;

/// <summary>The state of an actor: its bytes, or their writer, or neither if the actor failed to give it.</summary>
internal readonly record struct TakenState(ReadOnlyMemory<byte>? Bytes, StateWriter? Writer);
