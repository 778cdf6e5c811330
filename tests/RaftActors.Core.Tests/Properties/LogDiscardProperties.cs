using FsCheck;
using FsCheck.Fluent;

namespace RaftActors.Core.Tests.Properties;

/// <summary>
/// The log, compared with a list that notes for each entry when it was written. Both get the same random appends, truncations, discards,
/// snapshots that replace everything, and finished writes.
/// </summary>
public sealed class LogDiscardProperties
{
    private static Arbitrary<(int Kind, int At)[]> Actions => ActionsTo(9);

    [Fact]
    public void A_log_with_compaction_agrees_with_a_list() => CheckAgreement(Actions);

    [Fact]
    public void A_log_with_compaction_and_eviction_agrees_with_a_list() => CheckAgreement(ActionsTo(13));

    [Fact]
    public void A_slice_of_the_log_never_changes()
    {
        Prop.ForAll(Actions, actions =>
        {
            var pair = new Pair();
            var handedOut = new List<(LogSlice Slice, string Text)>();
            foreach (var (kind, at) in actions)
            {
                pair.Do(kind, at);
                var slice = pair.Log.From(pair.Log.Base.Index.Next);
                handedOut.Add((slice, Text(slice)));
            }

            return handedOut.TrueForAll(one => Text(one.Slice) == one.Text);
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>An entry and its hash take 72 bytes, and each entry moves to another chunk about once.</summary>
    [Fact]
    public void A_compacted_log_reuses_its_memory()
    {
        var log = new RaftLog(default, []);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i <= 100_000; i++)
        {
            log.Append(new LogEntry(new LogIndex(i), new Term(1), Serial.Zero, Payload.NoOp.Instance));
            log.DiscardTo(new LogIndex(i > 50 ? i - 50 : 0));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 100_000 * 72, 100_000 * 72 * 4);
    }

    private static Arbitrary<(int Kind, int At)[]> ActionsTo(int lastKind) =>
        (from kind in Gen.Choose(0, lastKind) from at in Gen.Choose(0, 99) select (kind, at)).ArrayOf(120).ToArbitrary();

    private static void CheckAgreement(Arbitrary<(int Kind, int At)[]> sequences) =>
        Prop.ForAll(sequences, actions =>
        {
            var pair = new Pair();
            return actions.All(action =>
            {
                pair.Do(action.Kind, action.At);
                return pair.Agree();
            });
        }).QuickCheckThrowOnFailure();

    private static string Text(LogSlice slice) => string.Join<LogEntry>(' ', slice);

    private static LogEntry Entry(LogPosition before, long term, int value) => new(
        before.Index.Next,
        new Term(term),
        before.Serial.Next,
        new Payload.Pair(null, "key", Enumerable.Repeat((byte)value, 1 + (value % 3)).ToArray()));

    /// <summary>The log and the list; each action applies to both.</summary>
    private sealed class Pair
    {
        private List<(LogPosition Position, LogEntry Entry, Ticket? Written)> _list = [];
        private LogPosition _base;
        private Ticket? _baseWritten = default(Ticket);
        private Ticket _asked;
        private Ticket _done;
        private int _value;

        // The chunks are short, so that the log spans many.
        public RaftLog Log { get; } = new(default, [], new(chunkLength: 4), new(chunkLength: 4));

        private LogPosition Last => _list.Count == 0 ? _base : _list[^1].Position;

        public void Do(int kind, int at)
        {
            switch (kind)
            {
                case <= 3:
                    Append(at);
                    break;
                case 4 when _list.Count > 0:
                    Truncate(at % _list.Count);
                    break;
                case 5 when _list.Count > 0:
                    Discard(at % _list.Count);
                    break;
                case 6 when at < 20:
                    Reset(at);
                    break;
                case 7:
                    Ask();
                    break;
                case > 9:
                    Evict(at);
                    break;
                case >= 8 when _done < _asked:
                    _done = _done.Next;
                    Log.Saved(_done);
                    break;
            }
        }

        public bool Agree()
        {
            var isDurable = _baseWritten <= _done;
            var durable = isDurable ? _base.Index.Value + _list.TakeWhile(one => one.Written <= _done).Count() : 0;
            return Log.Base == _base
                && Log.LastPosition == Last
                && Log.Size == _list.Sum(one => (long)one.Entry.Payload.Size)
                && Text(Log.From(Log.Floor.Index.Next)) == string.Join(' ', _list.Where(IsInMemory).Select(one => one.Entry))
                && _list.TrueForAll(one => Log.TermAt(one.Position.Index) == one.Position.Term)
                && _list.TrueForAll(one => !IsInMemory(one) || Log.PositionAt(one.Position.Index) == one.Position)
                && _list.TrueForAll(one => Log.Knows(one.Position.Index) == Log.Holds(one.Position))
                && _list.TrueForAll(one => Log.KnownUpTo(one.Position.Index) is var known && (known == _base || Log.Holds(known)))
                && Log.Durable.Value <= durable
                && (Log.HasUnsaved || _asked > _done || Log.Durable == Log.Last);
        }

        private void Append(int at)
        {
            var entry = Entry(Last, Last.Term.Value + (at % 7 == 0 ? 1 : 0), _value++);
            Log.Append(entry);
            var hash = PrefixHash.Extend(Last.Hash, entry);
            _list.Add((new LogPosition(entry.Index, entry.Term, entry.Serial, hash), entry, null));
        }

        private bool IsInMemory((LogPosition Position, LogEntry Entry, Ticket? Written) one) => one.Position.Index > Log.Floor.Index;

        private void Evict(int at) =>
            Log.Evict(Log.Stored, 100 * at, entriesMax: 1 + (at % 4), bytesMax: 100, [new LogIndex(_base.Index.Value + at)]);

        private void Truncate(int keep)
        {
            keep = Math.Max(keep, (int)(Log.Floor.Index.Value - _base.Index.Value));
            if (keep == _list.Count)
            {
                return;
            }

            Log.TruncateFrom(_list[keep].Position.Index);
            _list.RemoveRange(keep, _list.Count - keep);
        }

        /// <summary>Discards the entries that a durable snapshot covers. A snapshot follows a requested write.</summary>
        private void Discard(int at)
        {
            Ask();
            while (!Log.Knows(_list[at].Position.Index))
            {
                at++;
            }

            var position = _list[at].Position;
            Log.Covered(position.Index);
            Log.DiscardTo(position.Index);
            _list.RemoveRange(0, at + 1);
            (_base, _baseWritten) = (position, default(Ticket));
        }

        private void Reset(int at)
        {
            Ask();
            var (index, term, serial) = (Last.Index.Value + at, Last.Term.Value + 1, Last.Serial.Value + at);
            _base = new LogPosition(new LogIndex(index), new Term(term), new Serial(serial), 7);
            _list = [];
            Log.Reset(_base);
            _asked = _asked.Next;
            _baseWritten = _asked;
            Log.Covered(_base.Index, _asked);
        }

        private void Ask()
        {
            _asked = _asked.Next;
            Log.TakeUnsaved(_asked);
            _list = [.. _list.Select(one => one with { Written = one.Written ?? _asked })];
        }
    }
}
