using System.Text.Json;
using System.Text.Json.Nodes;

using RaftActors.Testing.History;

namespace MaelstromTrials.Check;

/// <summary>Reads a history of lin-kv, one operation as JSON in each line, in the format of the tool mael.py.</summary>
internal static class RegisterHistory
{
    /// <exception cref="InvalidDataException">A line cannot be read.</exception>
    public static OperationHistory<RegisterModel.Call, RegisterModel.Reply> Read(IEnumerable<string> lines)
    {
        var events = new List<(long At, bool IsEnd, int Operation)>();
        var operations = new List<Line>();
        foreach (var text in lines.Where(line => line.Length > 0 && line[0] != '#'))
        {
            var line = Parse(text);
            events.Add((line.CallAt, false, operations.Count));
            if (line.ReturnAt is { } end)
            {
                events.Add((end, true, operations.Count));
            }

            operations.Add(line);
        }

        // At the same moment calls come first: then the two are concurrent, which is the weaker claim.
        var history = new OperationHistory<RegisterModel.Call, RegisterModel.Reply>();
        var open = new Operation<RegisterModel.Call, RegisterModel.Reply>[operations.Count];
        foreach (var (_, isEnd, place) in events.Order())
        {
            var line = operations[place];
            if (!isEnd)
            {
                open[place] = history.Invoke(line.Client, line.Call);
            }
            else if (line.IsOk == false)
            {
                history.Fail(open[place]);
            }
            else
            {
                history.Ok(open[place], line.Reply);
            }
        }

        return history;
    }

    private static Line Parse(string text)
    {
        try
        {
            var line = JsonNode.Parse(text)!.AsObject(); // Justification: anything else is reported below.
            var (key, value, isOk) = ($"{line["key"]}", line["value"]?.ToJsonString(), line["ok"]?.GetValue<bool>());
            var (call, reply) = $"{line["op"]}" switch
            {
                "read" => (new RegisterModel.Call(RegisterModel.Kind.Read, key), new RegisterModel.Reply(value, IsDone: true)),
                "write" => (
                    new RegisterModel.Call(RegisterModel.Kind.Write, key, Value: value),
                    new RegisterModel.Reply(null, IsDone: true)),
                "cas" => (
                    new RegisterModel.Call(RegisterModel.Kind.Swap, key, line["from"]?.ToJsonString(), value),
                    line["swapped"]?.GetValue<bool>() != false ? new RegisterModel.Reply(null, IsDone: true)
                        : new RegisterModel.Reply(line["absent"]!.GetValue<bool>() ? "absent" : null, IsDone: false)),
                var other => throw new InvalidDataException($"'{other}' is no operation of lin-kv: {text}"),
            };
            return new Line(
                (int)line["client"]!, (long)line["call_ns"]!, isOk is null ? null : line["return_ns"]?.GetValue<long>(), isOk, call, reply);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new InvalidDataException($"This is no operation of a history: {text}", e);
        }
    }

    /// <param name="ReturnAt">Null: the outcome is unknown.</param>
    /// <param name="IsOk">False: it never happened. Null: unknown.</param>
    private sealed record Line(
        int Client, long CallAt, long? ReturnAt, bool? IsOk, RegisterModel.Call Call, RegisterModel.Reply Reply);
}
