using RaftActors.Storage.Snapshots;
using RaftActors.Testing.DiskModel;

namespace RaftActors.Fuzz.Targets;

/// <summary>A snapshot file: its description, and the checked reads of its state.</summary>
internal sealed class SnapshotTarget : Target
{
    private const string Ending = ".snap";
    private const string File = "file" + Ending;

    public override string Name => "snapshot";

    public override string Reads => "SnapshotFile and SnapshotFormat";

    // The model of a disk copies what is read, and a session of three bytes is an object with a list.
    public override int BytesPerByte => 512;

    public override IEnumerable<byte[]> Seeds() => DirectoryImage.Unpack(DirectoryImage.PackGolden())
        .Where(file => file.Name.EndsWith(Ending, StringComparison.Ordinal))
        .Select(file => file.Bytes);

    public override byte[] Mutate(byte[] input, Inputs.Mutator mutator)
    {
        var mutated = base.Mutate(input, mutator);
        if (mutator.Random.Next(8) > 0)
        {
            Checksums.MendSnapshot(mutated);
        }

        return mutated;
    }

    public override object Read(byte[] input)
    {
        var disk = new ModelDisk(DiskImage.Empty.With(File, input));
        using var file = SnapshotFile.Open(disk, File);
        file.Verify();
        file.TryRead(0, int.MaxValue);
        file.TryRead(file.Snapshot.Length / 2, 1);
        return (file.Owner, file.Snapshot);
    }

    public override void Check(object read)
    {
        var (owner, snapshot) = ((StoreOwner, Core.Snapshot))read;
        var bytes = SnapshotFormat.Encode(owner, snapshot, seed: 0);
        var (group, name, again) = SnapshotFormat.DecodeDescription(bytes.AsSpan(SnapshotFormat.HeaderSize));
        DemandEqual(owner, new StoreOwner(group, new ProcessName(name)), "The owner changes");
        DemandEqual(Tests.Wire.Fields.Of(snapshot), Tests.Wire.Fields.Of(again), "A description changes when it is written again");
    }

    public override bool IsRefusal(Exception e) => e is StoreException;
}
