namespace RaftActors.Storage.Tests.CrashPoints;

/// <summary>What a store gave to its owner.</summary>
/// <param name="State">Null: it was refused.</param>
/// <param name="Snapshots">Of all that the owner ever had: read as they were saved, otherwise, or (null) refused.</param>
internal sealed record Served(RecoveredState? State, IReadOnlyList<bool?> Snapshots);
