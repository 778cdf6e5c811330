using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Storage;

/// <summary>What a store gave back when it was opened.</summary>
/// <param name="Incarnation">Minted when the store was found empty, and kept with it since: another one means that a disk was lost.</param>
/// <param name="IsNew">There was nothing.</param>
/// <param name="State">Term, vote, log and latest snapshot; the configuration is the last one in these.</param>
/// <param name="Notes">What people should know of the opening, a sentence each: how much of a torn write was cut off, for one.</param>
public sealed record RecoveredState(Incarnation Incarnation, bool IsNew, InitialState State, ImmutableArray<string> Notes);
