namespace RaftActors.Engine;

/// <summary>Restarts an actor whose snapshot was replaced by one of a majority, so that it begins from there.</summary>
internal sealed class StateReplacedException(ProcessName process, Serial serial)
    : Exception($"{process} had another state than a majority. Its next life begins from the state of the majority at serial {serial}.");
