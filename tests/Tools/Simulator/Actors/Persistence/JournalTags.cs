using RaftActors.Persistence.State;

namespace RaftActors.Simulator.Actors.Persistence;

/// <summary>What queries by tag have told of the journal.</summary>
internal sealed class JournalTags(JournalLedger ledger)
{
    private readonly Dictionary<(string Id, long SequenceNr), long> _offsets = [];

    /// <summary>Checks what one query has told.</summary>
    /// <param name="after">The offset behind which it began.</param>
    /// <param name="known">The highest and the deleted numbers of each stream before it began.</param>
    public void Check(
        IReadOnlyList<(TaggedEvent Event, string Text)> read,
        long after,
        IReadOnlyDictionary<JournalStream, (long Highest, long Deleted)> known)
    {
        var last = after;
        HashSet<(string Id, long SequenceNr)> told = [];
        foreach (var ((offset, id, number), text) in read)
        {
            var (stream, each) = (ledger.Of(id), JournalEvent.Parse(text));
            stream.Learn(number, each);
            ledger.Demand(offset > last, $"a query told event {number} of {id} at {offset}, after {last}");
            ledger.Demand(each.Tag is not null, $"a query told event {number} of {id}, which has no tag");
            ledger.Demand(number > known[stream].Deleted, $"a query told event {number} of {id}, which is deleted");
            ledger.Demand(
                _offsets.TryAdd((id, number), offset) || _offsets[(id, number)] == offset,
                $"event {number} of {id} has the offsets {_offsets[(id, number)]} and {offset}");
            told.Add((id, number));
            last = offset;
        }

        foreach (var (stream, (highest, _)) in known)
        {
            foreach (var number in stream.Events.Where(each => each.Value.Tag is not null).Select(each => each.Key))
            {
                var isDue = number <= highest && number > stream.DeletionBegun
                    && _offsets.GetValueOrDefault((stream.Id, number), long.MaxValue) > after;
                ledger.Demand(!isDue || told.Contains((stream.Id, number)), $"a query after {after} lacks event {number} of {stream.Id}");
            }
        }
    }
}
