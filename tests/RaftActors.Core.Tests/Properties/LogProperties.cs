using FsCheck;
using FsCheck.Fluent;

namespace RaftActors.Core.Tests.Properties;

/// <summary>The log, compared with the simplest possible implementation.</summary>
public sealed class LogProperties
{
    /// <summary>Terms from 0 that never fall, as in every log.</summary>
    private static Gen<long[]> Terms => Gen.Choose(0, 2).ArrayOf().Select(steps =>
    {
        var term = 0L;
        return steps.Select(step => term += step == 2 ? 1 : 0).ToArray();
    });

    [Fact]
    public void Skipping_a_term_finds_what_a_scan_finds()
    {
        var cases = from terms in Terms from index in Gen.Choose(0, 12) from term in Gen.Choose(0, 6) select (terms, index, term);
        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var log = LogOf(one.terms);
            var scanned = Math.Min(one.index, one.terms.Length);
            while (scanned > 0 && one.terms[scanned - 1] > one.term)
            {
                scanned--;
            }

            return log.LastNotAbove(new Term(one.term), new LogIndex(one.index)).Value == scanned;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Two_logs_agree_where_a_scan_says_so()
    {
        var cases = from values in Gen.Choose(0, 1).ArrayOf(6) from others in Gen.Choose(0, 1).ArrayOf(6) select (values, others);
        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var (log, other) = (LogOf(one.values.Select(_ => 0L), one.values), LogOf(one.others.Select(_ => 0L), one.others));
            bool AgreeUpTo(int i) => one.values.Take(i).SequenceEqual(one.others.Take(i));
            return Enumerable.Range(0, 7).All(i => log.Holds(other.PositionAt(new LogIndex(i))) == AgreeUpTo(i));
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>Random appends, truncations and finished writes, compared with a list that notes when each entry was written.</summary>
    [Fact]
    public void Only_entries_that_were_written_in_their_present_form_are_durable()
    {
        Prop.ForAll(Gen.Choose(0, 5).ArrayOf(60).ToArbitrary(), actions =>
        {
            var log = new RaftLog(default, []);
            var written = new List<Ticket?>();
            var (asked, done) = (default(Ticket), default(Ticket));
            foreach (var action in actions)
            {
                switch (action)
                {
                    case 0 or 1:
                        log.Append(Entry(written.Count + 1, 0, written.Count));
                        written.Add(null);
                        break;
                    case 2 when written.Count > 0:
                        var keep = written.Count / 2;
                        log.TruncateFrom(new LogIndex(keep + 1));
                        written.RemoveRange(keep, written.Count - keep);
                        break;
                    case 3:
                        asked = asked.Next;
                        log.TakeUnsaved(asked);
                        written = [.. written.Select(ticket => ticket ?? asked)];
                        break;
                    case 4 when done < asked:
                        done = done.Next;
                        log.Saved(done);
                        break;
                }

                if (log.Durable.Value > written.TakeWhile(ticket => ticket <= done).Count())
                {
                    return false;
                }
            }

            log.TakeUnsaved(asked.Next);
            log.Saved(asked.Next);
            return log.Durable == log.Last;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_hash_covers_pairs_only_and_where_each_key_ends()
    {
        var pair = Hash(PrefixHash.Empty, new Payload.Pair(null, "ab", "c"u8.ToArray()));

        Assert.Equal(pair, Hash(pair, Payload.NoOp.Instance));
        Assert.NotEqual(pair, Hash(PrefixHash.Empty, new Payload.Pair(null, "a", "bc"u8.ToArray())));
        Assert.NotEqual(PrefixHash.Empty, Hash(PrefixHash.Empty, new Payload.Pair(null, "", default)));
    }

    /// <summary>The hash is compared between machines and stored on disks, so a change of it is a change of format.</summary>
    [Fact]
    public void The_hash_of_known_pairs_never_changes()
    {
        var hash = Enumerable.Range(0, 20).Aggregate(PrefixHash.Empty, (prefix, i) =>
            Hash(prefix, new Payload.Pair(null, $"key{i}", new byte[i]), time: i));

        Assert.Equal(0x4CFFE25971C0749CUL, hash);
    }

    private static ulong Hash(ulong prefix, Payload payload, long time = 0) =>
        PrefixHash.Extend(prefix, new LogEntry(new LogIndex(1), new Term(1), new Serial(1), payload) { Time = new LogTime(time) });

    private static RaftLog LogOf(IEnumerable<long> terms, int[]? values = null) =>
        new(default, [.. terms.Select((term, i) => Entry(i + 1, term, values?[i] ?? 0))]);

    private static LogEntry Entry(int index, long term, int value) =>
        new(new LogIndex(index), new Term(term), new Serial(index), new Payload.Pair(null, "key", new[] { (byte)value }));
}
