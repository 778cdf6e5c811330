using RaftActors.Core;

namespace RaftActors.Delivery;

/// <summary>
/// Reads the entries from the first index to the last one from the store. Returns all of them, or none if one was discarded.
/// </summary>
internal delegate LogSlice ReadEntries(LogIndex first, LogIndex last);
