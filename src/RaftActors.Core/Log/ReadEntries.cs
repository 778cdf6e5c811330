namespace RaftActors.Core;

/// <summary>Reads entries from the store, from the first index to the last one. All of them, or none if one was discarded.</summary>
public delegate LogSlice ReadEntries(LogIndex first, LogIndex last);
