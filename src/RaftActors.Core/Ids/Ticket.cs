namespace RaftActors.Core;

/// <summary>Numbers the writes that Core asks for, in order. A ticket that comes back vouches for its own write and all before it.</summary>
public readonly record struct Ticket(long Value);
