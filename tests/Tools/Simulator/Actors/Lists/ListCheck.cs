using System.Collections.Immutable;

namespace RaftActors.Simulator.Actors.Lists;

/// <summary>
/// Decides whether a history of txn-list-append is strictly serializable: one copy that does the transactions one after the other, each
/// between its call and its answer, gives all reads.
/// <para>
/// The final lists have the order of all appends, because no element is appended twice to a key. So each read says exactly which appends
/// came before it, and which after. These orders and the order of real time form a graph (Adya's, as in Elle). If it has no cycle, any
/// order of it explains the history. If it has one, no order does.
/// </para>
/// </summary>
/// <param name="history">All transactions.</param>
/// <param name="final">The list of each key after the last transaction.</param>
internal sealed class ListCheck(IReadOnlyList<Transaction> history, IReadOnlyDictionary<int, ImmutableArray<int>> final)
{
    private readonly Dictionary<(int Key, int Element), Transaction> _writers = [];
    private readonly HashSet<(int Key, int Element)> _present = [];
    private readonly OrderGraph<Transaction> _order = new();
    private readonly List<string> _faults = [];

    // A transaction without an answer has happened if an append of it is there.
    private bool HasHappened(Transaction transaction) => transaction.Ending == Ending.Done
        || transaction.Steps.OfType<Step.Append>().Any(append => _present.Contains((append.Key, append.Element)));

    /// <summary>Explains to people why the history is not strictly serializable; empty: it is.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        NoteWriters();
        CheckFinal();
        foreach (var transaction in history)
        {
            CheckAppends(transaction);
            if (transaction.Ending == Ending.Done)
            {
                CheckReads(transaction);
            }
        }

        if (_faults.Count == 0)
        {
            AddOrderOfLists();
            AddOrderOfTime();
            if (_order.FindCycle() is { } cycle)
            {
                _faults.Add($"No order explains these transactions:\n  {string.Join("\n  ", cycle.Select(Describe))}");
            }
        }

        return _faults;
    }

    private static string Describe(Transaction transaction) =>
        $"{transaction.Number} ({transaction.Ending}, {transaction.CalledAt} to {transaction.EndedAt?.ToString() ?? "?"}): "
        + string.Join(" ", transaction.Steps.Select(step => step switch
        {
            Step.Append append => $"append {append.Key} {append.Element}",
            Step.Read read => $"read {read.Key} [{string.Join(' ', read.Observed)}]",
            _ => "?",
        }));

    private void NoteWriters()
    {
        foreach (var transaction in history)
        {
            foreach (var append in transaction.Steps.OfType<Step.Append>())
            {
                _writers.Add((append.Key, append.Element), transaction);
            }
        }
    }

    private void CheckFinal()
    {
        foreach (var (key, list) in final)
        {
            foreach (var element in list)
            {
                if (!_present.Add((key, element)))
                {
                    _faults.Add($"Key {key} has {element} twice: [{string.Join(' ', list)}]");
                }

                if (!_writers.ContainsKey((key, element)))
                {
                    _faults.Add($"Key {key} has {element}, which no transaction has appended.");
                }
            }
        }
    }

    // All or none of the appends of a transaction are there.
    private void CheckAppends(Transaction transaction)
    {
        var appends = transaction.Steps.OfType<Step.Append>().ToArray();
        var count = appends.Count(append => _present.Contains((append.Key, append.Element)));
        var isWrong = transaction.Ending switch
        {
            Ending.Done => count < appends.Length,
            Ending.Failed => count > 0,
            _ => count > 0 && count < appends.Length,
        };
        if (isWrong)
        {
            _faults.Add($"{count} of {appends.Length} appends are there of {Describe(transaction)}");
        }
    }

    // A read is a beginning of the final list. Own appends before it are at its end.
    private void CheckReads(Transaction transaction)
    {
        var own = new Dictionary<int, List<int>>();
        var before = new Dictionary<int, int>();
        foreach (var step in transaction.Steps)
        {
            var mine = own.TryGetValue(step.Key, out var known) ? known : own[step.Key] = [];
            if (step is Step.Append append)
            {
                mine.Add(append.Element);
                continue;
            }

            var observed = ((Step.Read)step).Observed;
            var list = ListOf(step.Key);
            var others = observed.Length - mine.Count;
            if (!list.AsSpan(0, Math.Min(list.Length, observed.Length)).SequenceEqual(observed.AsSpan()))
            {
                var what = $"The final list of key {step.Key} is [{string.Join(' ', list)}], and does not begin as read by";
                _faults.Add($"{what} {Describe(transaction)}");
            }
            else if (others < 0 || !observed.AsSpan()[others..].SequenceEqual(mine.ToArray())
                || (before.TryGetValue(step.Key, out var earlier) && earlier != others))
            {
                _faults.Add($"Another transaction came in between, or own appends are missing, of {Describe(transaction)}");
            }

            before[step.Key] = others;
        }
    }

    private ImmutableArray<int> ListOf(int key) => final.TryGetValue(key, out var list) ? list : [];

    private void AddOrderOfLists()
    {
        foreach (var (key, list) in final)
        {
            for (var place = 1; place < list.Length; place++)
            {
                _order.Add(_writers[(key, list[place - 1])], _writers[(key, list[place])]);
            }
        }

        foreach (var transaction in history.Where(each => each.Ending == Ending.Done))
        {
            foreach (var read in transaction.Steps.OfType<Step.Read>())
            {
                var (list, count) = (ListOf(read.Key), read.Observed.Length);
                if (count > 0)
                {
                    _order.Add(_writers[(read.Key, list[count - 1])], transaction);
                }

                if (count < list.Length)
                {
                    _order.Add(transaction, _writers[(read.Key, list[count])]);
                }
            }
        }
    }

    // One moment for each answer, in a chain. A transaction comes before the moment of its answer, and after the last one before its call.
    private void AddOrderOfTime()
    {
        var answered = history.Where(each => each.Ending == Ending.Done).OrderBy(each => each.EndedAt).ToArray();
        var moments = answered.Select(_ => _order.NewMoment()).ToArray();
        for (var place = 0; place < answered.Length; place++)
        {
            _order.AddToMoment(answered[place], moments[place]);
            if (place > 0)
            {
                _order.AddMoments(moments[place - 1], moments[place]);
            }
        }

        var ends = answered.Select(each => each.EndedAt ?? long.MaxValue).ToArray();
        foreach (var transaction in history.Where(HasHappened))
        {
            var earlier = Array.BinarySearch(ends, transaction.CalledAt);
            for (earlier = earlier < 0 ? ~earlier - 1 : earlier - 1; earlier >= 0 && ends[earlier] >= transaction.CalledAt;)
            {
                earlier--;
            }

            if (earlier >= 0)
            {
                _order.AddFromMoment(moments[earlier], transaction);
            }
        }
    }
}
