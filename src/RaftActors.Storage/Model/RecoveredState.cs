using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Storage;

/// <summary>The state that a store recovered when it was opened.</summary>
/// <param name="Incarnation">Minted with the store and kept in it. Another incarnation means that the store was lost.</param>
/// <param name="IsNew">The store was empty.</param>
/// <param name="State">Hard state, log and latest snapshot. The configuration is the last one in log and snapshot.</param>
/// <param name="Notes">Findings for the operator, one sentence each: a torn tail that was cut off, for example.</param>
internal sealed record RecoveredState(Incarnation Incarnation, bool IsNew, InitialState State, ImmutableArray<string> Notes);
