using System.Text.Json.Serialization;

namespace RaftActors.Fuzz.Targets;

/// <summary>A value of a user, as JSON.</summary>
internal sealed record Order(string Customer, decimal Total, Order[]? Parts);

/// <summary>How orders are written as JSON.</summary>
[JsonSerializable(typeof(Order))]
internal sealed partial class OrderJson : JsonSerializerContext;
