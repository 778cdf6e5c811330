using System.Globalization;
using System.Text.RegularExpressions;

namespace RaftActors.Testing.Tests.History;

/// <summary>Reads histories in Jepsen's format: one line for each invocation and each end, in the order of time.</summary>
internal static partial class HistoryFile
{
    /// <summary>
    /// Reads a history of one register. A failed compare-and-set found another value; other failed operations did not happen.
    /// </summary>
    public static OperationHistory<Ask, int?> ReadRegister(string file)
    {
        var history = new OperationHistory<Ask, int?>();
        var running = new Dictionary<int, Operation<Ask, int?>>();
        foreach (var line in File.ReadLines(file))
        {
            var match = RegisterLine().Match(line);
            Assert.True(match.Success, line);
            var client = Number(match.Groups["client"].Value);
            var value = match.Groups["value"].Value;
            switch (match.Groups["type"].Value, match.Groups["function"].Value)
            {
                case ("invoke", var function):
                    running.Add(client, history.Invoke(client, ToAsk(function, value)));
                    continue;
                case ("ok", "read"):
                    history.Ok(running[client], value == "nil" ? null : Number(value));
                    break;
                case ("ok", "write"):
                    history.Ok(running[client], null);
                    break;
                case ("ok", "cas"):
                    history.Ok(running[client], 1);
                    break;
                case ("fail", "cas"):
                    history.Ok(running[client], 0);
                    break;
                case ("fail", _):
                    history.Fail(running[client]);
                    break;
                case ("info", _):
                    history.Unknown(running[client]);
                    break;
            }

            running.Remove(client);
        }

        return history;
    }

    /// <summary>Reads a history of a store of texts. No operation in it fails.</summary>
    public static OperationHistory<StoreAsk, string> ReadStore(string file)
    {
        var history = new OperationHistory<StoreAsk, string>();
        var running = new Dictionary<int, Operation<StoreAsk, string>>();
        foreach (var line in File.ReadLines(file))
        {
            var match = StoreLine().Match(line);
            Assert.True(match.Success, line);
            var client = Number(match.Groups["client"].Value);
            var (key, value) = (match.Groups["key"].Value, match.Groups["value"].Value);
            if (match.Groups["type"].Value == "ok")
            {
                running.Remove(client, out var operation);
                history.Ok(operation!, value);
                continue;
            }

            running.Add(client, history.Invoke(client, match.Groups["function"].Value switch
            {
                "get" => new StoreAsk.Get(key),
                "put" => new StoreAsk.Put(key, value),
                _ => new StoreAsk.Append(key, value),
            }));
        }

        return history;
    }

    private static Ask ToAsk(string function, string value)
    {
        var numbers = Numbers().Matches(value).Select(match => Number(match.Value)).ToArray();
        return function switch
        {
            "read" => new Ask.Read(),
            "write" => new Ask.Write(numbers[0]),
            _ => new Ask.CompareAndSet(numbers[0], numbers[1]),
        };
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"- (?<client>\d+)\s+:(?<type>invoke|ok|fail|info)\s+:(?<function>read|write|cas)\s+(?<value>.+)$")]
    private static partial Regex RegisterLine();

    [GeneratedRegex(
        """^\{:process (?<client>\d+), :type :(?<type>invoke|ok), :f :(?<function>get|put|append), """
        + """:key "(?<key>\d+)", :value (nil|"(?<value>.*)")\}$""")]
    private static partial Regex StoreLine();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Numbers();
}
