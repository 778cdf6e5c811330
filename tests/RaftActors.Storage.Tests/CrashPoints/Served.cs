namespace RaftActors.Storage.Tests.CrashPoints;

/// <summary>The contents that a store returned to its owner.</summary>
/// <param name="State">Null: the store refused to open.</param>
/// <param name="Snapshots">For each snapshot that the owner ever saved: true if read as saved, false if read otherwise, null if
/// refused.</param>
internal sealed record Served(RecoveredState? State, IReadOnlyList<bool?> Snapshots);
