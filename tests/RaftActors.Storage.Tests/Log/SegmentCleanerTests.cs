namespace RaftActors.Storage.Tests.Log;

/// <summary>A log on disk is bounded by the entries that its stores need, whichever store writes and whichever is quiet.</summary>
public sealed class SegmentCleanerTests
{
    [Fact]
    public void Quiet_store_with_one_entry_keeps_a_bounded_number_of_segments()
    {
        var life = new Life(new ModelDisk { IsRecording = false });
        life.Open("a");
        life.Open("quiet");
        life.Write("quiet", Life.Entry(1));
        life.Write("quiet", new HardState(new Term(7), null, []));

        WriteAndDiscard(life, 5_000);

        Assert.InRange(Segments(life), 1, 10);
        var next = new Life(life.Kill());
        var found = next.Open("quiet");
        Assert.Equal("0: 1/1", Life.Text(found));
        Assert.Equal(new Term(7), found.State.HardState.Term);
        Assert.Equal("4990: " + string.Join(' ', Enumerable.Range(4991, 10).Select(index => $"{index}/1")), Life.Text(next.Open("a")));
    }

    [Fact]
    public void Log_is_bounded_by_four_times_its_needed_bytes_and_ten_segments_under_any_writes()
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            var random = new Random(seed);
            var life = new Life(new ModelDisk { IsRecording = false });
            var stores = Enumerable.Range(0, random.Next(2, 15)).Select(number => $"s{number}").ToList();
            var (last, kept) = (new Dictionary<string, long>(), new Dictionary<string, long>());
            foreach (var store in stores)
            {
                // A store that keeps very many entries never takes a snapshot.
                life.Open(store);
                (last[store], kept[store]) = (0, random.Next(3) switch { 0 => 1, 1 => random.Next(1, 200), _ => random.Next(1, 2000) });
            }

            for (var step = 0; step < 3000; step++)
            {
                // Few stores write most of the time, and not always the same ones.
                var store = stores[Math.Min(random.Next(stores.Count), (random.Next(4) + (step / 750)) % stores.Count)];
                life.Write(store, Life.Entry(++last[store], 1, random.Next(300)));
                if (step % 10 == 0 && last[store] > kept[store])
                {
                    life.Discard(store, last[store] - kept[store]);
                }

                if (step % 25 > 0)
                {
                    continue;
                }

                var needed = life.Directory.Writer.Slots.Sum(slot => slot.Bytes);
                var size = Files(life).Sum(file => (long)file.Value.Length);
                Assert.True(
                    size <= (10 * Life.SegmentSize) + (4 * needed),
                    $"Seed {seed}, step {step}: {size} bytes of the log, and {needed} are needed.");
            }

            var next = new Life(life.Kill());
            Assert.All(stores, store => Assert.Equal(
                last[store], next.Open(store).State.Log is { IsEmpty: false } log ? log[^1].Index.Value : 0));
        }
    }

    [Fact]
    public void Entries_that_come_are_replaced_or_are_discarded_while_they_are_copied_are_recovered_as_they_were_left()
    {
        foreach (var change in new Action<Life>[]
        {
            life => life.Write("quiet", Life.Entry(21), Life.Entry(22)),
            life => life.Write("quiet", Life.Entry(5, 2)),
            life => life.Discard("quiet", 7),
            life => life.Discard("quiet", 20).Write("quiet", Life.Entry(21)),
            life => life.Discard("quiet", 30).Write("quiet", Life.Entry(31)),
            life => Install(life, 10, keepsLog: true),
            life => Install(life, 10, keepsLog: false),
            life => Install(life, 40, keepsLog: false).Write("quiet", Life.Entry(41, 3)),
        })
        {
            var life = Moving();
            change(life);
            var expected = life.Directory.Writer.Slots[1].Log;
            var text = TextOf(life.StoreOf("quiet").ReadLog(expected.Base.Index.Next, expected.Last));
            var current = Current(life);
            while (Current(life) < current + 2)
            {
                WriteAndDiscard(life, 10);
            }

            var slot = life.Directory.Writer.Slots[1];
            Assert.True(slot.OldestSegment is null || slot.OldestSegment > current);
            Assert.Equal(expected, slot.Log);
            var found = new Life(life.Cut()).Open("quiet");
            Assert.Equal(expected.Base, found.State.Base);
            Assert.Equal(text, TextOf(found.State.Log));
            Assert.Equal(text, TextOf(life.StoreOf("quiet").ReadLog(slot.Log.Base.Index.Next, slot.Log.Last)));
            Assert.Empty(slot.RunsOf(slot.Log.Base.Index, slot.Log.Base.Index));
            Assert.Equal(slot.Log.Count == 0, slot.OldestSegment is null);
        }
    }

    [Fact]
    public void Write_without_room_in_the_prepared_segment_gets_another_one_and_the_entries_are_moved_later()
    {
        var life = Moving();
        var slot = life.Directory.Writer.Slots[1];
        life.Write("a", Life.Entry(life.Directory.Writer.Slots[0].Log.Last.Value + 1, 1, 5 * (int)Life.SegmentSize));

        Assert.Equal(1, slot.OldestSegment);
        Assert.Equal(20, life.StoreOf("quiet").ReadLog(new LogIndex(1), new LogIndex(20)).Length);
        WriteAndDiscard(life, 400);
        Assert.True(slot.OldestSegment > 1);
        Assert.Equal(20, new Life(life.Cut()).Open("quiet").State.Log.Length);
    }

    [Fact]
    public void Bytes_of_entries_that_were_replaced_do_not_count()
    {
        EntryRuns runs = new();
        runs.Begin(LogIndex.Zero);
        runs.Add(new LogIndex(1), segment: 1, offset: 0, size: 100);
        runs.Add(new LogIndex(2), segment: 2, offset: 0, size: 100);
        runs.Add(new LogIndex(2), segment: 3, offset: 0, size: 50);

        Assert.Equal(150, runs.Bytes);
    }

    [Fact]
    public void Power_cut_at_any_operation_of_a_move_leaves_each_store_as_it_was_acknowledged()
    {
        var life = new Life(new ModelDisk(), Life.Options with { CleanAboveSegments = 1 });
        life.Open("a");
        life.Open("quiet");
        var (terms, first, last) = (new List<long>(), 0L, 0L);
        List<(int Operations, long Last, string Quiet)> known = [];

        void Note()
        {
            var entries = terms.Select((term, i) => $" {i + 1}/{term}").Skip((int)first);
            known.Add((life.Disk.Operations.Count, last, $"{first}:" + string.Concat(entries)));
        }

        void WriteQuiet(long index, long term)
        {
            terms.RemoveRange((int)index - 1, terms.Count - (int)index + 1);
            terms.Add(term);
            life.Write("quiet", Life.Entry(index, term, 40));
            Note();
        }

        Note();
        for (var round = 1; round <= 130; round++)
        {
            life.Write("a", Life.Entry(++last, 1, 300));
            Note();
            if (round % 10 == 0)
            {
                life.Discard("a", last - 3);
                Note();
            }

            if (round <= 8 || round % 13 == 0)
            {
                WriteQuiet(terms.Count + 1, round);
            }

            if (round % 29 == 0)
            {
                WriteQuiet(terms.Count - 1, round);
            }

            if (round % 50 == 0)
            {
                first += 3;
                life.Discard("quiet", first);
                Note();
            }
        }

        Assert.True(Files(life).Min(file => SegmentHeader.NumberOf(file.Key["log/".Length..])) > 5);
        var seen = new HashSet<string>();
        foreach (var cut in life.Disk.Cuts(few: 16, samples: 6, from: known[1].Operations, every: Share.Of(test: 5, ci: 2, whole: 1)))
        {
            if (!seen.Add($"{cut.Operations} {cut.Found.Fingerprint()}"))
            {
                continue;
            }

            // One write is under way at a time, so the cut leaves its store as it was before it or after it.
            var at = known.FindLastIndex(one => one.Operations <= cut.Operations);
            var next = new Life(new ModelDisk(cut.Found), Life.Options with { CleanAboveSegments = 1 });
            Assert.Contains(Life.Text(next.Open("quiet")), known.Skip(at).Take(2).Select(one => one.Quiet));
            Assert.InRange(next.Open("a").State.Log[^1].Index.Value, known[at].Last, known[Math.Min(at + 1, known.Count - 1)].Last);
        }
    }

    [Fact]
    public void Commit_index_survives_the_move_of_the_entries()
    {
        var life = Moving();
        life.Directory.Writer.Slots[1].NoteCommitted(new LogIndex(18));
        var current = Current(life);
        while (Current(life) < current + 2)
        {
            WriteAndDiscard(life, 10);
        }

        Assert.Equal(new LogIndex(18), new Life(life.Cut()).Open("quiet").State.Committed);
    }

    [Fact]
    public void Reader_with_the_old_places_finds_the_entries_after_their_move()
    {
        var disk = new MovingDisk();
        var life = new Life(disk.Model);
        Start(life);
        var slot = life.Directory.Writer.Slots[1];
        disk.BeforeOpen = () =>
        {
            disk.BeforeOpen = null;
            var oldest = slot.OldestSegment;
            while (slot.OldestSegment == oldest || life.Disk.Now.Files.ContainsKey(Life.FileOf((int)oldest!)))
            {
                WriteAndDiscard(life, 10);
            }
        };

        var found = new EntryReader(disk).Read(slot, new LogIndex(1), new LogIndex(20));

        Assert.Equal(Enumerable.Range(1, 20), found.Select(entry => (int)entry.Index.Value));
    }

    [Fact]
    public void Entry_that_cannot_be_read_stays_where_it_is_and_the_log_goes_on()
    {
        var life = Moving();
        var slot = life.Directory.Writer.Slots[1];
        life.Disk.Fail(DiskFault.Read);
        while (slot.Copies is not null)
        {
            WriteAndDiscard(life, 1);
        }

        WriteAndDiscard(life, 200);

        Assert.Null(slot.Copies);
        Assert.True(slot.IsUnreadable);
        Assert.Contains(Files(life), file => file.Key == Life.FileOf(1));
        Assert.Equal(20, new Life(life.Cut()).Open("quiet").State.Log.Length);
    }

    // A damaged store keeps all segments, so copies would fill the disk and free nothing.
    [Fact]
    public void Log_with_a_damaged_store_moves_no_entries()
    {
        var life = new Life(new ModelDisk());
        life.Open("a");
        life.Open("quiet");
        life.Open("damaged");
        life.Write("quiet", Life.Entry(1)).Write("damaged", Life.Entry(1, 1, 21));
        var next = new Life(
            Life.Change(life.Close(), Life.FileOf(1), bytes => bytes[bytes.AsSpan().IndexOf(Life.Bytes(21, 1))] ^= 1));
        next.Open("a");

        WriteAndDiscard(next, 400);

        Assert.Equal(1, next.Directory.Writer.Slots[1].OldestSegment);
    }

    // Otherwise the writing thread would try again for ever.
    [Fact]
    public void Entries_of_the_log_that_the_reader_does_not_find_fail_the_log()
    {
        var life = Moving();
        var slot = life.Directory.Writer.Slots[1];
        var copies = slot.Copies!;
        slot.UseCopies();
        slot.Copies = copies;

        WriteAndDiscard(life, 200);

        Assert.Contains("to 20 of quiet@node of group group are in its log, and were not read", life.Directory.Writer.Failure?.Message);
    }

    [Fact]
    public void Closed_directory_has_no_unfinished_segment()
    {
        var life = Moving();

        Assert.Contains(Files(life), file => file.Key.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.DoesNotContain(life.Close().Now.Files.Keys, file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    /// <summary>A log whose store "quiet" is being moved: the first of its 20 entries are copied, and the last are not.</summary>
    private static Life Moving()
    {
        var life = new Life(new ModelDisk());
        Start(life);
        while (life.Directory.Writer.Slots[1].Copies is null)
        {
            WriteAndDiscard(life, 1);
        }

        Assert.InRange(life.Directory.Writer.Slots[1].Copies!.Next.Value, 8, 19);
        return life;
    }

    private static void Start(Life life)
    {
        life.Open("a");
        life.Open("quiet");
        for (var index = 1; index <= 20; index++)
        {
            life.Write("quiet", Life.Entry(index));
            WriteAndDiscard(life, 5);
        }
    }

    private static Life Install(Life life, long index, bool keepsLog)
    {
        life.Ask("quiet", ticket => new Effect.StoreChunk(ticket, Life.Snapshot(index), 0, Life.Bytes(100, 3)));
        life.Ask("quiet", ticket => new Effect.InstallSnapshot(ticket, Life.Snapshot(index), keepsLog));
        life.Directory.WriteQueued();
        return life;
    }

    /// <summary>Store "a" writes entries, and keeps ten.</summary>
    private static void WriteAndDiscard(Life life, int count)
    {
        for (; count > 0; count--)
        {
            var last = life.Directory.Writer.Slots[0].Log.Last.Value + 1;
            life.Write("a", Life.Entry(last, 1, 200));
            if (last % 20 == 0)
            {
                life.Discard("a", last - 10);
            }
        }
    }

    private static string TextOf(LogSlice log) => string.Join(' ', log.Select(entry => $"{entry.Index}/{entry.Term}"));

    private static long Current(Life life) => Files(life).Max(file => SegmentHeader.NumberOf(file.Key["log/".Length..]) ?? 0);

    private static int Segments(Life life) => Files(life).Count();

    private static IEnumerable<KeyValuePair<string, byte[]>> Files(Life life) =>
        life.Disk.Now.Files.Where(file => file.Key.StartsWith("log/", StringComparison.Ordinal));

    /// <summary>A disk for one reader. Something can happen before the reader opens a file.</summary>
    private sealed class MovingDisk : IDisk
    {
        public ModelDisk Model { get; } = new();

        public Action? BeforeOpen { get; set; }

        public string PathOf(string name) => Model.PathOf(name);

        public IDiskFile Open(string name)
        {
            BeforeOpen?.Invoke();
            return Model.Open(name);
        }

        public IReadOnlyList<string> List(string folder) => throw new NotSupportedException();

        public void CreateFolder(string name) => throw new NotSupportedException();

        public IDiskFile Create(string name, long size) => throw new NotSupportedException();

        public void Rename(string from, string to) => throw new NotSupportedException();

        public void Delete(string name) => throw new NotSupportedException();

        public void SyncFolder(string name) => throw new NotSupportedException();

        public long FreeBytes() => throw new NotSupportedException();
    }
}
