namespace RaftActors.Tests.Delivery;

public sealed class KeptResultsTests(TestKit.SharedSystem shared)
    : TestKit(shared, "akka.loglevel = ERROR"), IClassFixture<TestKit.SharedSystem>
{
    private const int Count = 16_384;
    private const int LargestText = (64 << 10) - 1;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Last_16384_results_are_kept_with_and_without_a_request_key(bool isKeyed)
    {
        var results = NewResults<int>();

        Add(results, 1, Count, isKeyed);
        Assert.Equal(1, Find(results, 1));

        Add(results, Count + 1, 1, isKeyed);
        Assert.Null(Find(results, 1));
        Assert.Equal(2, Find(results, 2));
        Assert.Equal(Count + 1, Find(results, Count + 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Results_of_pairs_without_a_request_key_do_not_push_out_others_nor_the_reverse(bool isKeyed)
    {
        var results = NewResults<int>();
        Add(results, 1, 1, isKeyed);

        Add(results, 2, Count + 1, !isKeyed);

        Assert.Equal(1, Find(results, 1));
        Assert.Null(Find(results, 2));
    }

    [Fact]
    public void Results_of_one_mebibyte_are_kept()
    {
        // A result has one byte more than its text.
        var results = NewResults<string>();
        for (var serial = 1; serial <= 16; serial++)
        {
            results.Add(Pair(serial), new string('x', LargestText));
        }

        Assert.True(results.TryGet(new Serial(1), out _));

        results.Add(Pair(17), "");
        Assert.False(results.TryGet(new Serial(1), out _));
        Assert.True(results.TryGet(new Serial(2), out _));
        Assert.True(results.TryGet(new Serial(17), out _));
    }

    [Theory]
    [InlineData(LargestText, true)]
    [InlineData(LargestText + 1, false)]
    public void Result_of_64_kibibytes_is_kept_and_a_larger_one_is_not(int length, bool isKept)
    {
        var texts = NewResults<string>();
        var bytes = NewResults<byte[]>();

        texts.Add(Pair(1), new string('x', length));
        bytes.Add(Pair(1), new byte[length]);

        Assert.Equal((isKept, isKept), (texts.TryGet(new Serial(1), out _), bytes.TryGet(new Serial(1), out _)));
    }

    [Fact]
    public void Text_counts_with_its_encoded_size()
    {
        var results = NewResults<string>();

        results.Add(Pair(1), new string('ö', LargestText / 2));
        results.Add(Pair(2), new string('ö', (LargestText / 2) + 1));

        Assert.Equal((true, false), (results.TryGet(new Serial(1), out _), results.TryGet(new Serial(2), out _)));
    }

    [Fact]
    public void Result_that_changes_later_is_kept_as_it_was()
    {
        var (results, bytes) = (NewResults<StringBuilder>(new TextCodec()), NewResults<byte[]>());
        var (text, array) = (new StringBuilder("first"), new byte[] { 1 });
        results.Add(Pair(1), text);
        bytes.Add(Pair(1), array);

        text.Append(" and second");
        array[0] = 2;

        Assert.True(results.TryGet(new Serial(1), out var kept));
        Assert.Equal("first", kept.ToString());
        kept.Append(" and third");
        Assert.True(results.TryGet(new Serial(1), out kept));
        Assert.Equal("first", kept.ToString());
        Assert.True(bytes.TryGet(new Serial(1), out var again));
        Assert.Equal([1], again);
    }

    [Fact]
    public void Result_that_cannot_be_written_is_not_kept()
    {
        var (results, texts) = (NewResults<object?>(), NewResults<string>());

        results.Add(Pair(1), new object());
        results.Add(Pair(2), new object());
        results.Add(Pair(3), null);
        texts.Add(Pair(1), new string('\ud800', 1));
        texts.Add(Pair(2), "a text");

        Assert.False(results.TryGet(new Serial(1), out _));
        Assert.False(results.TryGet(new Serial(2), out _));
        Assert.True(results.TryGet(new Serial(3), out var none));
        Assert.Null(none);
        Assert.False(texts.TryGet(new Serial(1), out _));
        Assert.True(texts.TryGet(new Serial(2), out _));
    }

    [Fact]
    public void Result_that_comes_out_of_order_is_not_kept()
    {
        var results = NewResults<int>();

        Add(results, 5, 1);
        Add(results, 4, 1);
        Add(results, 6, 1);

        Assert.Equal((5, null, 6), (Find(results, 5), Find(results, 4), Find(results, 6)));
    }

    [Fact]
    public void Restored_results_go_on_as_those_that_were_written()
    {
        var random = new Random(7);
        var (results, other) = (NewResults<object?>(), NewResults<object?>());
        for (var serial = 1; serial <= 3 * Count; serial++)
        {
            object? result = random.Next(4) switch
            {
                0 => null,
                1 => serial,
                2 => new string('x', random.Next(200)),
                _ => new byte[random.Next(50)],
            };
            var pair = Pair(serial, isKeyed: random.Next(2) == 0);
            results.Add(pair, result);
            if (serial == 2 * Count)
            {
                other.Restore(results.ToSection());
            }
            else if (serial > 2 * Count)
            {
                other.Add(pair, result);
            }
        }

        Assert.Equal(results.ToSection(), other.ToSection());
    }

    [Fact]
    public void State_is_given_back_without_the_results_behind_it()
    {
        var results = NewResults<int>();
        Add(results, 1, 3);
        byte[] state = [1, 2, 3];

        var restored = NewResults<int>();
        byte[] snapshot = [.. state, .. SnapshotTail.Of(results)];

        Assert.Equal(state, Take(snapshot, restored).ToArray());
        Assert.Equal(3, Find(restored, 3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100)]
    public void State_without_results_behind_it_is_damaged(int length)
    {
        var problem = Assert.Throws<StoreException>(() => Take(new byte[length], NewResults<int>()));

        Assert.Contains("they have no footer", problem.Message);
    }

    [Fact]
    public void Results_behind_a_state_have_the_golden_bytes()
    {
        var results = NewResults<string>();
        results.Add(Pair(7), "first");
        results.Add(Pair(300), "second");
        results.Add(Pair(8, isKeyed: true), "third");
        results.Reminders.Set("after", TimeSpan.FromMinutes(1), DateTimeOffset.UnixEpoch.AddDays(20_000), new byte[] { 1, 2 });
        results.Reminders.Set("at", null, DateTimeOffset.UnixEpoch.AddDays(20_001), default);

        byte[] snapshot = [1, 2, 3, .. SnapshotTail.Of(results)];
        var written = Convert.ToHexStringLower(snapshot);
        var golden = GoldenFiles.Of("results", written, "snapshots");

        Assert.Equal(golden, written);
        var read = NewResults<string>();
        read.Restore(SnapshotTail.SectionOf(Convert.FromHexString(golden).AsSpan(3)));
        Assert.Equal(written[6..], Convert.ToHexStringLower(SnapshotTail.Of(read)));
    }

    [Fact]
    public void Damaged_results_are_a_failure_of_the_store()
    {
        var results = NewResults<string>();
        results.Add(Pair(1), "first");
        results.Add(Pair(2, isKeyed: true), "second");
        var snapshot = SnapshotTail.Of(results);

        for (var place = 0; place < snapshot.Length; place++)
        {
            byte[] damaged = [.. snapshot];
            damaged[place] ^= 0x40;
            var problem = Assert.Throws<StoreException>(() => Take(damaged, results));
            Assert.Contains("The results behind the state of the snapshot are damaged", problem.Message);
        }

        Assert.True(results.TryGet(new Serial(2), out _));
    }

    [Fact]
    public void Large_result_pushes_out_as_many_small_ones_as_it_needs()
    {
        var results = NewResults<string>();
        for (var serial = 1; serial <= 19; serial++)
        {
            results.Add(Pair(serial), new string('x', serial <= 4 ? LargestText / 4 : LargestText));
        }

        Assert.True(results.TryGet(new Serial(1), out _));

        results.Add(Pair(20), new string('x', LargestText));

        Assert.False(results.TryGet(new Serial(4), out _));
        Assert.True(results.TryGet(new Serial(5), out _));
    }

    // The checksum is right if the program that wrote the snapshot was wrong.
    [Theory]
    [InlineData(2, 0, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(1, 1, LargestText + 2)]
    [InlineData(17, 1, LargestText + 1)]
    [InlineData(Count + 1, 1, 1)]
    public void Results_that_no_process_keeps_are_a_failure_of_the_store(int count, int step, int length)
    {
        var writer = new ByteWriter();
        default(RunningDigest).Write(writer);
        writer.Number(count);
        for (var place = 0; place < count; place++)
        {
            writer.Difference(place == 0 ? 1 : step);
            writer.Bytes(new byte[length]);
        }

        writer.Number(0);
        var results = NewResults<string>();

        Assert.Throws<StoreException>(() => results.Restore(writer.Written));
        Assert.Throws<StoreException>(() => results.Restore([.. results.ToSection(), 0]));
    }

    [Fact]
    public void Results_of_a_snapshot_continue_the_digest()
    {
        var (all, first, restored) = (NewResults<int>(), NewResults<int>(), NewResults<int>());
        Add(all, 4090, 20);
        Add(first, 4090, 8);
        restored.Restore(first.ToSection());

        Add(restored, 4098, 12);

        Assert.Equal(all.Digest.Now, restored.Digest.Now);
        Assert.Equal((4096, 4109), (all.Digest.Now.After.Value, all.Digest.Now.To.Value));
    }

    [Fact]
    public void Digest_differs_if_one_result_does()
    {
        object?[] results =
            [null, false, true, 0, 1, 1L << 40, "", "a", "b", 1.0, -1.0, 1.0m, 1.00m, new byte[] { 1 }, new byte[] { 1, 0 }];
        var digests = results.Select(result =>
        {
            var kept = NewResults<object?>();
            kept.Add(Pair(1), result);
            return kept.Digest.Now.Results;
        }).ToList();

        Assert.All(digests, (digest, place) => Assert.Equal(place, digests.IndexOf(digest)));
    }

    // As SnapshotReadStream does.
    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> snapshot, KeptResults results)
    {
        var state = SnapshotTail.StateOf(snapshot);
        results.Restore(SnapshotTail.SectionOf(snapshot.Span[state.Length..]));
        return state;
    }

    private static StoredPair Pair(long serial, bool isKeyed = false) => new(new Serial(serial), "key", default, default, IsKeyed: isKeyed);

    private static void Add(KeptResults<int> results, int first, int count, bool isKeyed = false)
    {
        for (var serial = first; serial < first + count; serial++)
        {
            results.Add(Pair(serial, isKeyed), serial);
        }
    }

    private static int? Find(KeptResults<int> results, long serial) =>
        results.TryGet(new Serial(serial), out var result) ? result : null;

    private KeptResults<T> NewResults<T>(RaftCodec<T>? codec = null) => new(Sys, codec);

    private sealed class TextCodec : RaftCodec<StringBuilder>
    {
        public override void Encode(StringBuilder value, IBufferWriter<byte> output) => output.Write(Encoding.UTF8.GetBytes($"{value}"));

        public override StringBuilder Decode(ReadOnlySpan<byte> bytes) => new(Encoding.UTF8.GetString(bytes));
    }
}
