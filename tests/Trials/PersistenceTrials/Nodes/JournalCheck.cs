using System.Globalization;

namespace PersistenceTrials.Nodes;

/// <summary>Compares the events of the journal with those that were acknowledged.</summary>
internal sealed class JournalCheck
{
    private readonly Dictionary<string, List<(long Number, string Text)>> _found = [];

    /// <summary>Reads a line of a node with an event. Null: it is another line.</summary>
    public static (string Id, long Number, string Text)? TryParse(string line) =>
        line.Split(' ') is [JournalNode.Event, var id, var number, var text]
            ? (id, long.Parse(number, CultureInfo.InvariantCulture), text)
            : null;

    /// <summary>Adds a line of the reader.</summary>
    public void Add(string line)
    {
        if (TryParse(line) is var (id, number, text))
        {
            lock (_found)
            {
                _found.TryAdd(id, []);
                _found[id].Add((number, text));
            }
        }
    }

    /// <summary>Demands that no event is lost, doubled, out of order, from half of a batch, or from a writer that was replaced.</summary>
    /// <param name="acknowledged">The events by their ids and numbers.</param>
    /// <returns>A summary.</returns>
    /// <exception cref="TrialFailure">An event is.</exception>
    public string Demand(IReadOnlyDictionary<string, Dictionary<long, string>> acknowledged)
    {
        foreach (var (id, events) in acknowledged)
        {
            var found = _found.GetValueOrDefault(id, []).ToDictionary(each => each.Number, each => each.Text);
            foreach (var (number, text) in events)
            {
                TrialFailure.Unless(
                    found.GetValueOrDefault(number) == text,
                    $"event {number} of {id} was acknowledged as {text}, and is {found.GetValueOrDefault(number) ?? "lost"}");
            }
        }

        foreach (var (id, events) in _found)
        {
            DemandOrder(id, events);
        }

        var (all, kept) = (_found.Values.Sum(events => events.Count), acknowledged.Values.Sum(events => events.Count));
        var turns = _found.Values.Sum(events => events.DistinctBy(each => WrittenEvent.Parse(each.Text).Writer).Count());
        return $"{all} events of {_found.Count} ids by {turns} lives of their actors, {kept} of them acknowledged";
    }

    // Each event follows the one before it: it is the next one of the same batch, the first one of the next batch, or of a new writer.
    private static void DemandOrder(string id, List<(long Number, string Text)> events)
    {
        HashSet<string> writers = [];
        WrittenEvent? before = null;
        foreach (var (place, (number, text)) in events.Index())
        {
            TrialFailure.Unless(number == place + 1, $"event {number} of {id} is at place {place + 1}");
            var each = WrittenEvent.Parse(text);
            var isNext = before is { } last && last.Place + 1 < last.Size
                ? each == last with { Place = last.Place + 1 }
                : each.Place == 0
                    && (each.Writer == before?.Writer ? each.Batch == before.Batch + 1 : each.Batch == 1 && writers.Add(each.Writer));
            TrialFailure.Unless(isNext, $"event {number} of {id} is {text}, and the one before it is {before}");
            before = each;
        }

        TrialFailure.Unless(before is null || before.Place + 1 == before.Size, $"the last batch of {id} ends with {before}");
    }
}
