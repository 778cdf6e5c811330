using System.Text.Json.Nodes;

using MaelstromTrials.Network;

using RaftActors.Testing.History;

namespace MaelstromTrials.Registers;

/// <summary>
/// lin-kv: reads, writes, and compare and set. Each key is used for a while only, because the search of the check grows with the number of
/// operations without an answer.
/// </summary>
internal sealed class RegisterWorkload(int seed) : IWorkload
{
    private const int OperationsPerKey = 60;
    private const int UnknownPerKey = 6;
    private const int Values = 5;
    private const int PlacesMax = 20_000_000;

    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly OperationHistory<RegisterModel.Call, RegisterModel.Reply> _history = new();
    private int _key;
    private int _operations;
    private int _unknown;

    public string Name => "lin-kv";

    public Request Next(int client)
    {
        lock (_lock)
        {
            if (_operations++ >= OperationsPerKey || _unknown >= UnknownPerKey)
            {
                (_key, _operations, _unknown) = (_key + 1, 0, 0);
            }

            return Begin(client, _random.Next(3) switch
            {
                // A fifth of the reads looks at an old key: was it kept?
                0 => new(RegisterModel.Kind.Read, $"{(_random.Next(5) == 0 ? _random.Next(_key + 1) : _key)}"),
                1 => new(RegisterModel.Kind.Write, $"{_key}", Value: NewValue()),
                _ => new(RegisterModel.Kind.Swap, $"{_key}", NewValue(), NewValue()),
            });
        }
    }

    public IReadOnlyList<Func<Request>> FinalReads() =>
        [.. Enumerable.Range(0, _key + 1).Select<int, Func<Request>>(key => () => Begin(0, new(RegisterModel.Kind.Read, $"{key}")))];

    public IReadOnlyList<string> FindFaults() => _history.FindFault(new RegisterModel(), PlacesMax) is { } fault ? [fault] : [];

    private string NewValue() => $"{_random.Next(Values)}";

    private Request Begin(int client, RegisterModel.Call call)
    {
        lock (_lock)
        {
            var operation = _history.Invoke(client, call);
            return new(RegisterBody.Of(call), answer => End(operation, call.Kind, answer));
        }
    }

    private Ending End(Operation<RegisterModel.Call, RegisterModel.Reply> operation, RegisterModel.Kind kind, JsonObject? answer)
    {
        lock (_lock)
        {
            if (RegisterBody.ReplyOf(kind, answer) is { } reply)
            {
                _history.Ok(operation, reply);
                return Ending.Done;
            }

            // A read has no effect, so one without an answer tells nothing.
            if (Answer.IsRefusal(answer) || kind == RegisterModel.Kind.Read)
            {
                _history.Fail(operation);
                return Ending.Failed;
            }

            _history.Unknown(operation);
            _unknown++;
            return Ending.Unknown;
        }
    }
}
