using System.Text.Json.Nodes;

namespace RaftActors.Simulator.Actors.Lists;

/// <summary>The bodies of requests and answers of lin-kv.</summary>
internal static class RegisterBody
{
    private const int Registers = 3;
    private const int Values = 4;

    /// <summary>A call of one of a few registers, whose values are few too.</summary>
    /// <param name="next">Chooses a number below another one.</param>
    public static RegisterModel.Call AnyCall(Func<int, int> next)
    {
        var key = $"{next(Registers)}";
        return next(3) switch
        {
            0 => new(RegisterModel.Kind.Read, key),
            1 => new(RegisterModel.Kind.Write, key, Value: $"{next(Values)}"),
            _ => new(RegisterModel.Kind.Swap, key, From: $"{next(Values)}", Value: $"{next(Values)}"),
        };
    }

    public static JsonObject Of(RegisterModel.Call call) => JsonNode.Parse(ToJson(call))!.AsObject(); // Justification: it is an object.

    public static string ToJson(RegisterModel.Call call) => call.Kind switch
    {
        RegisterModel.Kind.Read => $$"""{ "type": "read", "key": {{call.Key}} }""",
        RegisterModel.Kind.Write => $$"""{ "type": "write", "key": {{call.Key}}, "value": {{call.Value}} }""",
        _ => $$"""{ "type": "cas", "key": {{call.Key}}, "from": {{call.From}}, "to": {{call.Value}} }""",
    };

    /// <summary>Null: it did not take effect, or nobody knows.</summary>
    public static RegisterModel.Reply? ReplyOf(RegisterModel.Kind kind, JsonObject? answer) =>
        (kind, Answer.TypeOf(answer), Answer.CodeOf(answer)) switch
        {
            (RegisterModel.Kind.Read, "read_ok", _) => new(answer!["value"]?.ToJsonString(), IsDone: true), // Justification: it has a type.
            (RegisterModel.Kind.Read, _, Answer.NoSuchKey) => new(null, IsDone: true),
            (RegisterModel.Kind.Write, "write_ok", _) or (RegisterModel.Kind.Swap, "cas_ok", _) => new(null, IsDone: true),
            (RegisterModel.Kind.Swap, _, Answer.NoSuchKey) => new("absent", IsDone: false),
            (RegisterModel.Kind.Swap, _, Answer.OtherValue) => new(null, IsDone: false),
            _ => null,
        };

    /// <summary>The reply in an answer of the store itself, which does what it is asked.</summary>
    /// <exception cref="InvalidDataException">It does not.</exception>
    public static RegisterModel.Reply ToReply(RegisterModel.Kind kind, string answer) =>
        ReplyOf(kind, JsonNode.Parse(answer)?.AsObject()) ?? throw new InvalidDataException($"The store has answered {kind} with {answer}");
}
