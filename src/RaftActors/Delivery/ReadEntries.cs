using RaftActors.Core;

namespace RaftActors.Delivery;

/// <summary>Reads entries from the store, from the first index to the last one. All of them, or none if one was discarded.</summary>
internal delegate LogSlice ReadEntries(LogIndex first, LogIndex last);
