using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;

namespace RaftActors.Storage.Tools;

/// <summary>One segment's file as it is.</summary>
/// <param name="Name">Relative to the directory.</param>
/// <param name="Header">Null if it is damaged; then nothing else of it can be told.</param>
internal sealed record LogSegment(string Name, SegmentHeader? Header, StoreDamage? Damage, ReadOnlyMemory<byte> Bytes)
{
    /// <exception cref="StoreException">It cannot be read, or only by a newer program.</exception>
    public static LogSegment Read(IDisk disk, long number)
    {
        var name = LogReader.NameOf(number);
        using var file = disk.Open(name);
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)file.Length));
        var read = file.Read(0, bytes);
        try
        {
            return new LogSegment(name, SegmentHeader.Read(bytes, disk.PathOf(name)), null, bytes.AsMemory(0, read));
        }
        catch (StoreDamagedException e)
        {
            return new LogSegment(name, null, e.Damage, bytes.AsMemory(0, read));
        }
    }

    /// <summary>Up to where the next segment says that this one ends.</summary>
    public ReadOnlyMemory<byte> UpTo(long? end) => Bytes[..(int)Math.Min(end ?? Bytes.Length, Bytes.Length)];
}
