using RaftActors.Testing.DiskModel;

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

    [Fact]
    public void Every_flipped_bit_of_a_sealed_log_and_its_snapshots_is_refused()
    {
        var life = Live();
        life.Close();

        var isPartial = life.Written().ToLookup(file => file.Key.EndsWith(".part", StringComparison.Ordinal));
        var count = FlipAll(life, isPartial[false]);
        var ofPartial = FlipAll(life, isPartial[true], bitsPerByte: 1);

        output.WriteLine($"{count}, in a snapshot that was being received {ofPartial}");
        Assert.Equal(count with { Same = BitsPerByte * SealBytes, Earlier = 0, Wrong = 0 }, count);
        Assert.True(count.Refused > 40_000, $"Only {count.Refused} flips were refused.");
        Assert.Equal(ofPartial with { Refused = 0, Earlier = 0, Wrong = 0 }, ofPartial);
        Assert.True(ofPartial.Same > 1000, $"Only {ofPartial.Same} bits of received snapshots were flipped.");
    }

    [Fact]
    public void Flipped_bits_of_an_unsealed_log_lose_its_last_batch_at_most()
    {
        var life = Live();
        life.Append(new Random(Seed));
        var last = life.Written().Where(file => file.Key.EndsWith(".wal", StringComparison.Ordinal)).MaxBy(file => file.Key);
        var batch = life.Disk.Operations.OfType<DiskOperation.Write>().Last(write => write.Name == last.Key);

        var count = FlipAll(life, [last]);

        output.WriteLine($"{count}");
        Assert.Equal(last.Key, batch.Name);
        Assert.Equal(count with { Same = 0, Earlier = BitsPerByte * batch.Bytes.Length, Wrong = 0 }, count);
        Assert.True(count.Refused > 1000, $"Only {count.Refused} flips were refused.");
    }

    private static CrashRun Live()
    {
        var life = CrashRun.New();
        life.Open();
        life.Work(new Random(Seed), steps: 45, canClose: false);
        life.WriteQueued();
        return life;
    }

    private static FlipCount FlipAll(CrashRun life, IEnumerable<KeyValuePair<string, long>> files, int bitsPerByte = BitsPerByte)
    {
        var image = life.Disk.Now;
        var served = life.Serve(image);
        Assert.Equal(new FlipCount(0, 1, 0, 0), life.Compare(served, served));
        var flips = from file in files
                    from place in Enumerable.Range(0, (int)file.Value)
                    from bit in Enumerable.Range(0, bitsPerByte)
                    select (file.Key, place, (place + bit) % 8);
        return flips.AsParallel().Select(flip =>
        {
            var (file, place, bit) = flip;
            byte[] bytes = [.. image.Files[file]];
            bytes[place] ^= (byte)(1 << bit);
            return life.Compare(life.Serve(image.With(file, bytes)), served);
        }).Aggregate(default(FlipCount), (sum, one) => sum.Plus(one));
    }
}
