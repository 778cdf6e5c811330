namespace RaftActors.Storage.Tests.Log;

/// <summary>Openings that keep only the last entries in memory, and what a log records of the commit index.</summary>
public sealed class EarlierLogTests
{
    private static readonly StoreOptions Bounded = Life.Options with { RecoveredSizeMaxBytes = 300 };

    [Fact]
    public void Opening_keeps_the_last_entries_and_reads_the_others_on_demand()
    {
        var disk = Written(200).Close();

        var found = new Life(disk, Bounded).Open().State;

        Assert.InRange(found.Log.Length, 1, 60);
        var earlier = Assert.IsType<EarlierLog>(found.Earlier);
        Assert.Equal(found.Log[0].Index, earlier.Last.Next);
        Assert.Equal(Enumerable.Range(1, 200), IndexesOf(found));
        Assert.Equal(new LogIndex(200), found.Last);
    }

    [Fact]
    public void Store_that_is_opened_again_without_a_restart_does_the_same()
    {
        var life = new Life(Written(200).Close(), Bounded);
        life.Open();
        life.StoreOf().Dispose();

        Assert.Equal(Enumerable.Range(1, 200), IndexesOf(life.Open().State));
    }

    [Fact]
    public void Entries_that_replace_some_that_left_the_memory_are_recovered()
    {
        var life = Written(200);
        life.Write("a", Life.Entry(50, term: 2), Life.Entry(51, term: 2));

        var found = new Life(life.Close(), Bounded).Open().State;

        Assert.Equal(Enumerable.Range(1, 51), IndexesOf(found));
        Assert.Equal([1, 2, 2], EntriesOf(found).Skip(48).Select(entry => (int)entry.Term.Value));
    }

    [Fact]
    public void Log_that_lacks_its_first_segment_is_still_refused()
    {
        var disk = Written(200).Close();
        var files = disk.Now.Files.Keys.Where(file => file.StartsWith("log/", StringComparison.Ordinal)).Order().ToArray();

        var found = Assert.ThrowsAny<StoreException>(() => new Life(new(disk.Now.Without(files[0])), Bounded).Open());

        Assert.Contains("are missing", found.Message);
    }

    [Fact]
    public void Commit_index_is_recovered_from_the_beginning_of_the_last_segment()
    {
        var life = Written(100);
        life.StoreOf().NoteCommitted(new LogIndex(90));
        for (var index = 101; index <= 200; index++)
        {
            life.Write("a", Life.Entry(index));
        }

        life.StoreOf().NoteCommitted(new LogIndex(200));
        var again = new Life(life.Close());
        Assert.Equal(new LogIndex(90), again.Open().State.Committed);

        // The next segment repeats it.
        for (var index = 201; index <= 300; index++)
        {
            again.Write("a", Life.Entry(index));
        }

        Assert.Equal(new LogIndex(90), new Life(again.Close()).Open().State.Committed);
    }

    [Fact]
    public void Log_without_a_commit_index_tells_of_none() =>
        Assert.Equal(LogIndex.Zero, new Life(Written(200).Close()).Open().State.Committed);

    private static Life Written(int count)
    {
        var life = new Life(new());
        life.Open();
        for (var index = 1; index <= count; index++)
        {
            life.Write("a", Life.Entry(index));
        }

        return life;
    }

    private static IEnumerable<LogEntry> EntriesOf(InitialState found) =>
        (found.Earlier?.Pages ?? []).Append(found.Log).SelectMany(page => page);

    private static IEnumerable<int> IndexesOf(InitialState found) => EntriesOf(found).Select(entry => (int)entry.Index.Value);
}
