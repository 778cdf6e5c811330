using System.Text.Json.Nodes;

namespace RaftActors.Simulator.Actors.Lists;

/// <summary>The body of an answer by the protocol of Maelstrom.</summary>
internal static class Answer
{
    public const int NoSuchKey = 20;
    public const int OtherValue = 22;

    public static string TypeOf(JsonObject? answer) => $"{answer?["type"]}";

    /// <summary>The code of an error; null: it is no error.</summary>
    public static int? CodeOf(JsonObject? answer) => TypeOf(answer) == "error" ? answer?["code"]?.GetValue<int>() : null;

    /// <summary>Whether this is an error that Maelstrom defines as definite: the request never takes effect.</summary>
    public static bool IsRefusal(JsonObject? answer) => CodeOf(answer) is 10 or 11 or 12 or 14 or NoSuchKey or OtherValue;
}
