using RaftActors.Storage.Disk;
using RaftActors.Storage.Log;

namespace RaftActors.Storage.Tools;

/// <summary>The file of one segment, damaged or not.</summary>
/// <param name="Name">The path relative to the directory.</param>
/// <param name="Header">Null if the header is damaged, so that the rest cannot be read.</param>
/// <param name="Damage">The damage of the header, or null.</param>
internal sealed record LogSegment(string Name, SegmentHeader? Header, StoreDamage? Damage, ReadOnlyMemory<byte> Bytes)
{
    /// <exception cref="StoreException">The file is not a segment, or has another version.</exception>
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

    /// <summary>Returns the bytes up to the end that the next segment records, or the whole file.</summary>
    public ReadOnlyMemory<byte> UpTo(long? end) => Bytes[..(int)Math.Min(end ?? Bytes.Length, Bytes.Length)];
}
