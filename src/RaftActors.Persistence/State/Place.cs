namespace RaftActors.Persistence.State;

/// <summary>Where an <see cref="EventFile"/> has the bytes of one event or snapshot.</summary>
internal readonly record struct Place(int Segment, int Offset, int Length);

/// <summary>Where the bytes of an event are. 24 bytes of memory: what an event costs beside the room that its list grows by.</summary>
internal readonly record struct EventPlace(long SequenceNr, Place Place);

/// <summary>Where the bytes of a snapshot are.</summary>
internal readonly record struct SnapshotPlace(long Ticks, Place Place);
