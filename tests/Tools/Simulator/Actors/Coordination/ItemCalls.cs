using System.Globalization;

using RaftActors.Testing.History;

namespace RaftActors.Simulator.Actors.Coordination;

/// <summary>The calls of items of one run. Each written value is written by one call only, so it stands for its version.</summary>
internal sealed class ItemCalls
{
    // A check that gives up has no verdict.
    private const int PlacesMax = 200_000;

    private readonly OperationHistory<ItemCall, ItemAnswer> _history = new();
    private readonly Dictionary<(string Name, long Version), string> _values = [];
    private int _last;

    /// <summary>A value that no other call writes.</summary>
    public string NewValue() => string.Create(CultureInfo.InvariantCulture, $"{++_last}");

    /// <summary>Records a call that may end without an answer.</summary>
    /// <param name="call">Returns null if the outcome is not known.</param>
    public async Task DoAsync(int client, ItemCall input, Func<Task<ItemAnswer>> call)
    {
        var operation = _history.Invoke(client, input);
        try
        {
            _history.Ok(operation, await call());
        }
        catch (RaftException)
        {
            _history.Unknown(operation);
        }
    }

    /// <summary>A version has one value.</summary>
    /// <exception cref="InvalidDataException">It was seen with another one.</exception>
    public void OnSeen(string name, long version, string value)
    {
        if (!_values.TryAdd((name, version), value) && _values[(name, version)] != value)
        {
            throw new InvalidDataException($"version {version} of {name} is {_values[(name, version)]}, and was told as {value}");
        }
    }

    /// <exception cref="InvalidDataException">The calls are not linearizable.</exception>
    public void Check()
    {
        if (_history.Check(new ItemModel(), PlacesMax) is { Impossible: not null } wrong)
        {
            throw new InvalidDataException($"{wrong}");
        }
    }

    // The values of the items that one transaction may change; null: there is no item. A counter has the first place.
    private readonly record struct Values(string? First, string? Second)
    {
        public string? this[string name] => name == ItemCall.SecondItem ? Second : First;

        public Values With(string name, string? value) =>
            name == ItemCall.SecondItem ? this with { Second = value } : this with { First = value };
    }

    private sealed class ItemModel : SequentialModel<Values, ItemCall, ItemAnswer>
    {
        public override Values Initial => default;

        public override string PartitionOf(ItemCall input) =>
            input.Name is ItemCall.FirstItem or ItemCall.SecondItem ? ItemCall.FirstItem : input.Name;

        public override bool IsReadOnly(ItemCall input) => input is ItemCall.Get;

        public override bool TryStep(Values state, ItemCall input, Operation<ItemCall, ItemAnswer> operation, out Values next)
        {
            ItemAnswer answer;
            if (input is ItemCall.Transaction { Parts: var parts })
            {
                answer = new(parts.All(part => part.Expected is null || part.Expected == (state[part.Name] ?? ItemCall.None)));
                next = !answer.IsDone ? state
                    : parts.Where(part => part.IsChange).Aggregate(state, (values, part) => values.With(part.Name, part.Value));
                return operation.Allows(answer);
            }

            (var value, answer) = Step(state[input.Name], input);
            next = state.With(input.Name, value);
            return operation.Allows(answer);
        }

        private static (string? Next, ItemAnswer Answer) Step(string? state, ItemCall input) => input switch
        {
            ItemCall.Put put when put.Expected is null || put.Expected == (state ?? ItemCall.None) =>
                (put.Value, new ItemAnswer(true)),
            ItemCall.Delete delete when state is not null && (delete.Expected is null || delete.Expected == state) =>
                (null, new ItemAnswer(true)),
            ItemCall.Get => (state, new ItemAnswer(state is not null, state)),
            ItemCall.Add when long.Parse(state ?? "0", CultureInfo.InvariantCulture) + 1 is var sum =>
                (string.Create(CultureInfo.InvariantCulture, $"{sum}"),
                    new ItemAnswer(true, string.Create(CultureInfo.InvariantCulture, $"{sum}"))),
            _ => (state, new ItemAnswer(false)),
        };
    }
}

/// <summary>A call of one item, or of two.</summary>
internal abstract record ItemCall(string Name)
{
    public const string FirstItem = "item-a";
    public const string SecondItem = "item-b";

    /// <summary>Expects that there is no item.</summary>
    public const string None = "";

    /// <param name="Expected">The value that the item must have; null: any.</param>
    public sealed record Put(string Name, string Value, string? Expected) : ItemCall(Name);

    /// <param name="Expected">As of a Put.</param>
    public sealed record Delete(string Name, string? Expected) : ItemCall(Name);

    /// <summary>Reads the item.</summary>
    public sealed record Get(string Name) : ItemCall(Name);

    /// <summary>Adds 1 to the item.</summary>
    public sealed record Add(string Name) : ItemCall(Name);

    /// <summary>Changes both items, or one of them.</summary>
    public sealed record Transaction(ItemCallPart[] Parts) : ItemCall(FirstItem)
    {
        public override string ToString() => $"Transaction {string.Join(", ", Parts)}";
    }
}

/// <param name="Expected">As of a Put.</param>
/// <param name="Version">The version of the expected value.</param>
/// <param name="Value">Null deletes the item if there is a change.</param>
internal readonly record struct ItemCallPart(string Name, string? Expected, long Version, bool IsChange, string? Value);

/// <param name="IsDone">False: the item was not as expected; of a Get: there is none.</param>
/// <param name="Value">Of a Get or an Add.</param>
internal sealed record ItemAnswer(bool IsDone, string? Value = null);
