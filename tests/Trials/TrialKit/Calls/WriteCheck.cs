namespace TrialKit.Calls;

/// <summary>The writes of one key against its history.</summary>
public sealed class WriteCheck
{
    private readonly KeyHistory _history;
    private readonly IReadOnlyList<WriteCall> _writes;
    private readonly Dictionary<string, WriteCall> _byValue;
    private readonly Dictionary<long, WriteCall> _deletes;

    public WriteCheck(KeyHistory history, IReadOnlyList<WriteCall> writes)
    {
        (_history, _writes) = (history, writes);
        _byValue = writes.Where(call => call.Value is not null).ToDictionary(call => call.Value!);
        _deletes = writes.Where(call => call is { Value: null, End: WriteEnd.Committed })
            .DistinctBy(call => call.Serial).ToDictionary(call => call.Serial);
    }

    /// <summary>The write that made a change. Null: a DELETE without an answer, or no client sent it.</summary>
    public WriteCall? MakerOf(Change change) =>
        change.Value is null ? _deletes.GetValueOrDefault(change.Serial) : _byValue.GetValueOrDefault(change.Value);

    /// <summary>The applied writes, and those without an answer that are in the history, with their places.</summary>
    public IEnumerable<(WriteCall Call, int Place)> Made() => _history.Changes.Index()
        .Select(change => (Call: MakerOf(change.Item)!, Place: change.Index + 1)).Where(made => made.Call is not null);

    /// <summary>The refused writes, which are reads of the item before them.</summary>
    public IEnumerable<(WriteCall Call, int Place)> Refused() =>
        _writes.Where(call => call.End == WriteEnd.Refused).Select(call => (call, _history.PlaceUpTo(call.Serial)));

    public IEnumerable<string> Unordered() => _history.Changes.Zip(_history.Changes.Skip(1))
        .Where(pair => pair.First.Serial >= pair.Second.Serial)
        .Select(pair => $"'{pair.Second}' comes after '{pair.First}'");

    public IEnumerable<string> Unsent()
    {
        foreach (var change in _history.Changes.Where(change => change.Value is not null))
        {
            var maker = MakerOf(change);
            if (maker is null)
            {
                yield return $"'{change}' is in the history, and no client sent it";
            }
            else if (maker.End is WriteEnd.Refused or WriteEnd.NotCommitted)
            {
                yield return $"'{change}' is in the history, and its client was told: {maker}";
            }
        }

        var unclaimed = _history.Changes.Count(change => change.Value is null && !_deletes.ContainsKey(change.Serial));
        var unknown = _writes.Count(call => call is { Value: null, End: WriteEnd.Unknown });
        if (unclaimed > unknown)
        {
            yield return $"{unclaimed} deletes are in the history without an answer, and clients lack the answers of {unknown}";
        }
    }

    public IEnumerable<string> Doubled() => _history.Changes.Where(change => change.Value is not null)
        .GroupBy(change => change.Value).Where(same => same.Skip(1).Any())
        .Select(same => $"'{same.Key}' was written {same.Count()} times: {string.Join(", ", same)}")
        .Concat(_writes.Where(call => call is { Value: null, End: WriteEnd.Committed }).GroupBy(call => call.Serial)
            .Where(same => same.Skip(1).Any()).Select(same => $"two deletes have one serial: {string.Join(" and ", same)}"));

    public IEnumerable<string> Lost() => _writes
        .Where(call => call.End == WriteEnd.Committed && _history.PlaceOf(call.Serial, call.Value) is null)
        .Select(call => $"'{call}' was acknowledged, and is not in the history: there is "
            + $"'{_history.Changes.FirstOrDefault(change => change.Serial == call.Serial)?.ToString() ?? "nothing"}'");

    public IEnumerable<string> WrongRepeats() =>
        from call in _writes
        from repeat in call.Repeats
        where repeat.End is WriteEnd.Committed or WriteEnd.Refused && repeat != (call.End, call.Serial, call.Place)
        select $"'{call}' was repeated, and the answer was {repeat.End} {repeat.Serial} {repeat.Place}";

    public IEnumerable<string> WrongConditions()
    {
        foreach (var (call, place) in Made().Where(made => !_history.Meets(made.Place - 1, made.Call.Condition)))
        {
            yield return $"'{call}' is in the history after '{Item(place - 1)}', which its condition forbids";
        }

        foreach (var (call, place) in Refused())
        {
            if (_history.SerialAt(place) == call.Serial)
            {
                yield return $"'{call}' was refused, and is in the history as '{Item(place)}'";
            }
            else if (_history.Meets(place, call.Condition))
            {
                yield return $"'{call}' was refused at {call.Serial}, where '{Item(place)}' meets its condition";
            }
        }
    }

    /// <summary>Answers that are wrong about whether there was an item before. A repeat has the first answer, so it knows too.</summary>
    public IEnumerable<string> WrongAnswers() => Made()
        .Where(made => made.Call.WasAbsent is { } wasAbsent && wasAbsent != (_history.ValueAt(made.Place - 1) is null))
        .Select(made => $"the answer to '{made.Call}' said that there was {(made.Call.WasAbsent == true ? "no" : "an")} item before, and "
            + $"there was '{Item(made.Place - 1)}'");

    /// <summary>Answers with another number of the change than it has.</summary>
    public IEnumerable<string> WrongPlaces() => Made().Where(made => made.Call.Place is { } said && said != made.Place)
        .Select(made => $"the answer to '{made.Call}' said that it is change {made.Call.Place}, and it is change {made.Place}");

    private string Item(int place) => place == 0 ? "nothing" : _history.Changes[place - 1].ToString();
}
