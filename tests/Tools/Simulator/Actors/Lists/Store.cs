using System.Text.Json.Nodes;

namespace RaftActors.Simulator.Actors.Lists;

/// <summary>
/// The state that all nodes share: keys with values, both any JSON. It does the operations of lin-kv and of txn-list-append, the latter
/// with lists as values. The same operations in the same order give the same state and the same answers. Not thread-safe.
/// </summary>
internal sealed class Store
{
    private const int NoSuchKey = 20;
    private const int NotTheValue = 22;

    private JsonObject _values = [];

    /// <summary>Whether an operation changes nothing, so that no log entry is needed for it.</summary>
    public static bool IsRead(JsonNode operation) =>
        TypeOf(operation) == "read" || (TypeOf(operation) == "txn" && Steps(operation).All(step => $"{step![0]}" == "r"));

    /// <summary>Explains to a person why this is no operation; null: it is one.</summary>
    public static string? FindFault(JsonNode operation)
    {
        string[] needed = TypeOf(operation) switch
        {
            "read" => ["key"],
            "write" => ["key", "value"],
            "cas" => ["key", "from", "to"],
            "txn" => ["txn"],
            _ => [],
        };
        return needed.Length == 0 ? $"'{TypeOf(operation)}' is no operation of lin-kv or txn-list-append"
            : needed.FirstOrDefault(name => !operation.AsObject().ContainsKey(name)) is { } missing ? $"it has no '{missing}'"
            : TypeOf(operation) == "txn" && !(operation["txn"] is JsonArray steps && steps.All(IsStep))
                ? "each step of a transaction is [\"r\", key, null] or [\"append\", key, value]"
            : null;
    }

    /// <summary>Does an operation that has no fault, and returns the body of the answer.</summary>
    public JsonObject Do(JsonNode operation)
    {
        var key = KeyOf(operation["key"]);
        switch (TypeOf(operation))
        {
            case "read":
                return _values.TryGetPropertyValue(key, out var found)
                    ? new JsonObject { ["type"] = "read_ok", ["value"] = found?.DeepClone() }
                    : Error(NoSuchKey, $"There is no key {key}.");
            case "write":
                _values[key] = operation["value"]?.DeepClone();
                return new JsonObject { ["type"] = "write_ok" };
            case "cas":
                return CompareAndSet(key, operation["from"], operation["to"]);
            default:
                var done = Steps(operation).Select(DoStep).ToArray();
                return new JsonObject { ["type"] = "txn_ok", ["txn"] = new JsonArray(done) };
        }
    }

    /// <summary>The whole state as text.</summary>
    public string Save() => _values.ToJsonString();

    /// <summary>Replaces the state by a saved one.</summary>
    public void Load(string saved) => _values = JsonNode.Parse(saved)!.AsObject(); // Justification: Save writes an object.

    public static JsonObject Error(int code, string text) => new() { ["type"] = "error", ["code"] = code, ["text"] = text };

    private static string TypeOf(JsonNode operation) => $"{operation["type"]}";

    // The number 1 and the text "1" are different keys.
    private static string KeyOf(JsonNode? key) => key?.ToJsonString() ?? "null";

    private static JsonArray Steps(JsonNode operation) => operation["txn"]!.AsArray(); // Justification: it has no fault.

    private static bool IsStep(JsonNode? step) => step is JsonArray { Count: 3 } parts && $"{parts[0]}" is "r" or "append";

    private JsonObject CompareAndSet(string key, JsonNode? from, JsonNode? to)
    {
        if (!_values.TryGetPropertyValue(key, out var present))
        {
            return Error(NoSuchKey, $"There is no key {key}.");
        }

        if (!JsonNode.DeepEquals(present, from))
        {
            return Error(NotTheValue, $"The value of key {key} is {KeyOf(present)}, and not {KeyOf(from)}.");
        }

        _values[key] = to?.DeepClone();
        return new JsonObject { ["type"] = "cas_ok" };
    }

    // Returns the step as the answer has it: a read with what it observed.
    private JsonNode? DoStep(JsonNode? step)
    {
        var key = KeyOf(step![1]); // Justification: the operation has no fault.
        if ($"{step[0]}" == "append")
        {
            if (_values[key] is not JsonArray list)
            {
                _values[key] = list = [];
            }

            list.Add(step[2]?.DeepClone());
            return step.DeepClone();
        }

        return new JsonArray("r", step[1]?.DeepClone(), _values[key]?.DeepClone());
    }
}
