using RaftActors.Core.Codec;

namespace RaftActors.Storage;

/// <summary>A store failed or refused a call. The message tells an operator the file, the cause and the remedy.</summary>
public class StoreException : IOException
{
    internal StoreException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <exception cref="StoreException">The file has a format level that this program does not read.</exception>
    internal static void DemandLevel(int level, string file)
    {
        if (!FormatRange.Own.Has(level))
        {
            throw new StoreException($"{file} has format level {level}, and this program reads {FormatRange.Own}. Use the program that "
                + "wrote it, or a newer one.");
        }
    }
}

/// <summary>The store is damaged: bytes on disk are not what was written, and they are not the torn tail of the last write.</summary>
internal sealed class StoreDamagedException(StoreDamage damage) : StoreException(damage.ToString())
{
    public StoreDamage Damage { get; } = damage;
}

/// <summary>A damaged place of a store.</summary>
/// <param name="File">The path of the file.</param>
/// <param name="Offset">In bytes from the beginning of the file.</param>
/// <param name="Index">The index of the damaged entry, or null if it is unknown or no entry.</param>
/// <param name="Checksum">The wrong checksum, or null if the damage is another one.</param>
/// <param name="What">The fault, as a clause.</param>
internal sealed record StoreDamage(string File, long Offset, LogIndex? Index, ChecksumMismatch? Checksum, string What)
{
    public override string ToString()
    {
        var place = Index is { } index ? $"{File} at {Offset} (entry {index})" : $"{File} at {Offset}";
        var sums = Checksum is { } checksum ? $" Its checksum should be {checksum.Expected:x8}, and is {checksum.Found:x8}." : "";
        return $"{place} is damaged: {What}.{sums} Acknowledged entries may be missing, so this process does not start. Its group "
            + "still has them. Run 'raft log repair' on this directory: it moves the damaged store aside. Then start the process again: "
            + "it rejoins its group by itself.";
    }
}

/// <summary>Two checksums that should be equal.</summary>
/// <param name="Expected">The checksum on disk.</param>
/// <param name="Found">The checksum of the bytes on disk.</param>
internal readonly record struct ChecksumMismatch(uint Expected, uint Found);
