using FsCheck;
using FsCheck.Fluent;

namespace RaftActors.Core.Tests.Properties;

/// <summary>The table of request keys, compared with the simplest possible implementation.</summary>
public sealed class RequestKeyProperties
{
    private static readonly SessionBounds Few = new(MaxKeys: 4);

    private static Gen<int[]> Keys => Gen.Choose(1, 9).ArrayOf(40);

    [Fact]
    public void The_keys_of_the_latest_pairs_are_remembered_with_their_first_places()
    {
        Prop.ForAll(Keys.ToArbitrary(), drawn =>
        {
            var (table, model, forgotten) = (new RequestKeys(Few, KeyTable.Empty), new List<CommittedKey>(), Serial.Zero);
            foreach (var entry in drawn.Select((key, i) => Entry(i + 1, key)))
            {
                table.Add(entry);
                var key = ((Payload.KeyedPair)entry.Payload).RequestKey;
                if (model.Exists(known => known.Key == key))
                {
                    continue;
                }

                model.Add(new CommittedKey(key, entry.Index, entry.Serial));
                if (model.Count > Few.MaxKeys)
                {
                    forgotten = model[0].Serial;
                    model.RemoveAt(0);
                }
            }

            var copy = new RequestKeys(Few, table.ToTable());
            return table.ToTable().Keys.SequenceEqual(model)
                && (table.Forgotten, copy.Forgotten) == (forgotten, forgotten)
                && Enumerable.Range(1, 9).Select(KeyOf).All(key => table.Find(key) == Place(key) && copy.Find(key) == Place(key));

            (LogIndex, Serial)? Place(RequestKeyHash key) =>
                model.Where(known => known.Key == key).Select(known => ((LogIndex, Serial)?)(known.Index, known.Serial)).SingleOrDefault();
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_group_remembers_16384_keys()
    {
        var table = new RequestKeys(new SessionBounds(), KeyTable.Empty);
        for (var i = 1; i <= 16_384; i++)
        {
            table.Add(Entry(i, i));
        }

        Assert.Equal((new LogIndex(1), new Serial(1)), table.Find(KeyOf(1)));
        Assert.Equal(Serial.Zero, table.Forgotten);

        table.Add(Entry(16_385, 16_385));

        Assert.Null(table.Find(KeyOf(1)));
        Assert.Equal(new Serial(1), table.Forgotten);
    }

    [Fact]
    public void Retries_are_found_among_many_uncommitted_pairs()
    {
        var open = new OpenProposals();
        LogEntry[] entries = [.. Enumerable.Range(1, 50).Select(i => Entry(i, i))];
        open.Rebuild([.. entries]);

        Assert.All(entries, entry => Assert.Equal((entry.Index, entry.Serial), open.Find(RequestOf(entry), [.. entries])));

        var next = Entry(51, 51);
        open.Append(next);
        open.Commit(entries[0]);

        Assert.Equal((next.Index, next.Serial), open.Find(RequestOf(next), [.. entries[1..], next]));
        Assert.Null(open.Find(RequestOf(entries[0]), [.. entries[1..], next]));
        Assert.Equal((next.Index, next.Serial), open.Find(KeyOf(51)));
        Assert.Null(open.Find(KeyOf(1)));
    }

    private static RequestId RequestOf(LogEntry entry) => ((Payload.Pair)entry.Payload).Request!.Value;

    private static LogEntry Entry(int index, int key) => new(new LogIndex(index), new Term(1), new Serial(index), Pair(index, key));

    private static Payload.KeyedPair Pair(int number, int key) =>
        new(KeyOf(key), new RequestId(new Member(new ProcessName("client@x"), SimulatedProcess.IncarnationOf(1)), number), "key", default);

    private static RequestKeyHash KeyOf(int key) => new(new Guid(key, 0, 0, new byte[8]));
}
