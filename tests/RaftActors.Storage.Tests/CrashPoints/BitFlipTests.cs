using Xunit.Abstractions;

namespace RaftActors.Storage.Tests.CrashPoints;

/// <summary>
/// Flips the bits of a small log and its snapshots, one at a time. The store never serves a state that was not written. In a sealed
/// log every flip is refused, except in the empty seal itself. In an unsealed log the last batch looks like a torn write, so a flip
/// in it may lose that batch and no more. A snapshot that was being received is deleted by each opening, so a flip in it changes nothing.
/// </summary>
public sealed class BitFlipTests(ITestOutputHelper output)
{
    private const int Seed = 4;
    private const int BitsPerByte = 8;
    private const int SealBytes = 32;

    // Prime, so that all bits have their turn.
    private static readonly int Every = Share.Of(test: 37, ci: 5, whole: 1);

    [Fact]
    public void Every_flipped_bit_of_a_sealed_log_and_its_snapshots_is_refused()
    {
        var life = Live();
        life.Close();
        var written = life.Written().ToLookup(file => file.Key.EndsWith(".part", StringComparison.Ordinal), PartOf);
        var last = written[false].Last(part => part.File.EndsWith(".wal", StringComparison.Ordinal));
        var (rest, seal) = (last with { End = last.End - SealBytes }, last with { Start = last.End - SealBytes });

        var count = FlipSome(life, written[false].Except([last]).Append(rest));
        var ofSeal = FlipSome(life, [seal]);
        var ofPartial = FlipSome(life, written[true], bitsPerByte: 1);

        output.WriteLine($"{count}, in the last seal {ofSeal}, in a snapshot that was being received {ofPartial}");
        AssertAll(new FlipCount(Refused: 1, 0, 0, 0), count, atLeast: 40_000);
        AssertAll(new FlipCount(0, Same: 1, 0, 0), ofSeal, atLeast: BitsPerByte * SealBytes);
        AssertAll(new FlipCount(0, Same: 1, 0, 0), ofPartial, atLeast: 1000);
    }

    [Fact]
    public void Flipped_bits_of_an_unsealed_log_lose_its_last_batch_at_most()
    {
        var life = Live();
        life.Append(new Random(Seed));
        var last = PartOf(life.Written().Last(file => file.Key.EndsWith(".wal", StringComparison.Ordinal)));
        var batch = life.Disk.Operations.OfType<DiskOperation.Write>().Last(write => write.Name == last.File);
        Assert.Equal(last.End, batch.Offset + batch.Bytes.Length);

        var count = FlipSome(life, [last with { End = (int)batch.Offset }]);
        var ofBatch = FlipSome(life, [last with { Start = (int)batch.Offset }]);

        output.WriteLine($"{count}, in the last batch {ofBatch}");
        AssertAll(new FlipCount(Refused: 1, 0, 0, 0), count, atLeast: 1000);
        AssertAll(new FlipCount(0, 0, Earlier: 1, 0), ofBatch, atLeast: BitsPerByte * batch.Bytes.Length);
    }

    // All flips have one result, and they are the share of this run of at least so many.
    private static void AssertAll(FlipCount one, FlipCount count, int atLeast)
    {
        var flips = count.Refused + count.Same + count.Earlier + count.Wrong;
        Assert.Equal(new FlipCount(one.Refused * flips, one.Same * flips, one.Earlier * flips, one.Wrong * flips), count);
        Assert.True(flips >= atLeast / Every, $"Only {flips} bits were flipped.");
    }

    private static Part PartOf(KeyValuePair<string, long> file) => new(file.Key, 0, (int)file.Value);

    private static CrashRun Live()
    {
        var life = CrashRun.New();
        life.Open();
        life.Work(new Random(Seed), steps: 45, canClose: false);
        life.WriteQueued();
        return life;
    }

    private static FlipCount FlipSome(CrashRun life, IEnumerable<Part> parts, int bitsPerByte = BitsPerByte)
    {
        var image = life.Disk.Now;
        var served = life.Serve(image);
        Assert.Equal(new FlipCount(0, 1, 0, 0), life.Compare(served, served));
        var flips = from part in parts
                    from place in Enumerable.Range(part.Start, part.End - part.Start)
                    from bit in Enumerable.Range(0, bitsPerByte)
                    select (part.File, place, (place + bit) % BitsPerByte);
        return flips.Where((_, number) => number % Every == 0).AsParallel().Select(flip =>
        {
            var (file, place, bit) = flip;
            byte[] bytes = [.. image.Files[file]];
            bytes[place] ^= (byte)(1 << bit);
            return life.Compare(life.Serve(image.With(file, bytes)), served);
        }).Aggregate(default(FlipCount), (sum, one) => sum.Plus(one));
    }

    // Bytes of a file.
    private sealed record Part(string File, int Start, int End);
}
