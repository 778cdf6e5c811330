using System.Text.Json.Serialization;

namespace RaftActors.Examples;

/// <summary>The questions that clients of the ledger ask.</summary>
[JsonSerializable(typeof(ReadBalance))]
internal sealed partial class LedgerJson : JsonSerializerContext;
