using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;

namespace RaftActors.Fuzz.Targets;

/// <summary>The kept results behind the state in a snapshot.</summary>
internal sealed class ResultsTarget : Target
{
    private const int ChecksumAt = SnapshotTail.FooterSize - 4;

    public override string Name => "results";

    public override string Reads => "SnapshotTail and KeptResults";

    public override IReadOnlyList<byte[]> Words { get; } = TextWords.Of("RaftRes1");

    public override IEnumerable<byte[]> Seeds()
    {
        object?[] values = [null, 7, "größe", new byte[] { 1, 0, 255 }, true];
        foreach (var count in new[] { 0, 1, 3, 40 })
        {
            var results = NewResults();
            for (var serial = 1; serial <= count; serial++)
            {
                results.Add(
                    new StoredPair(new Serial(serial * serial), "key", default, default, IsKeyed: serial % 3 == 0),
                    values[serial % values.Length]);
            }

            yield return [.. new byte[count], .. SnapshotTail.Of(results)];
        }
    }

    // Behind a wrong checksum no field is read.
    public override byte[] Mutate(byte[] input, Inputs.Mutator mutator)
    {
        var mutated = base.Mutate(input, mutator);
        if (mutator.Random.Next(8) > 0 && mutated.Length >= SnapshotTail.FooterSize)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(mutated.AsSpan(mutated.Length - SnapshotTail.FooterSize));
            var end = mutated.Length - SnapshotTail.FooterSize;
            var section = mutated.AsSpan(end - Math.Clamp(length, 0, end), Math.Clamp(length, 0, end));
            BinaryPrimitives.WriteUInt32LittleEndian(mutated.AsSpan(mutated.Length - ChecksumAt), Crc32C.Of(section));
        }

        return mutated;
    }

    public override object Read(byte[] input)
    {
        var results = NewResults();
        var state = Take(input, results);
        return (state.ToArray(), results);
    }

    public override void Check(object read)
    {
        var (state, results) = ((byte[], KeptResults<object?>))read;
        var again = NewResults();
        byte[] bytes = [.. state, .. SnapshotTail.Of(results)];
        DemandEqual(Convert.ToHexString(state), Convert.ToHexString(Take(bytes, again).Span), "A state changes");
        DemandEqual(Convert.ToHexString(results.ToSection()), Convert.ToHexString(again.ToSection()), "The results change");
    }

    public override bool IsRefusal(Exception e) => e is StoreException;

    // As SnapshotReadStream does.
    private static ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> snapshot, KeptResults results)
    {
        var state = SnapshotTail.StateOf(snapshot);
        results.Restore(SnapshotTail.SectionOf(snapshot.Span[state.Length..]));
        return state;
    }

    private static KeptResults<object?> NewResults() => new(FuzzSystem.Instance, codec: null);
}
