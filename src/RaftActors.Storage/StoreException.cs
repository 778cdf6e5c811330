using RaftActors.Core;

namespace RaftActors.Storage;

/// <summary>A store cannot do what it should. The message is for people: it names the file, the cause, and what can be done.</summary>
public class StoreException : IOException
{
    /// <summary>Says why.</summary>
    public StoreException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>What is on disk is not what was written there, and it is no torn end of the last write, so it is not served.</summary>
public sealed class StoreDamagedException(StoreDamage damage) : StoreException(damage.ToString())
{
    /// <summary>Where, and what.</summary>
    public StoreDamage Damage { get; } = damage;
}

/// <summary>A damaged place of a store.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Offset">In bytes from its beginning.</param>
/// <param name="Index">Of the entry, where that can be told.</param>
/// <param name="Expected">The checksum that stands there, where one does.</param>
/// <param name="Found">The checksum of what stands there.</param>
/// <param name="What">What is wrong, as part of a sentence.</param>
public sealed record StoreDamage(string File, long Offset, LogIndex? Index, uint? Expected, uint? Found, string What)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var place = Index is { } index ? $"{File} at {Offset} (entry {index})" : $"{File} at {Offset}";
        var sums = Expected is { } expected && Found is { } found ? $" Checksum expected {expected:x8}, found {found:x8}." : "";
        return $"{place} is damaged: {What}.{sums} Acknowledged entries may be missing here, so this process does not start. Its group "
            + "still has them. Run 'raft log repair' on this directory: it moves the damaged store aside. Then start the process again: "
            + "it rejoins its group by itself.";
    }
}
