using System.Diagnostics;

using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>Upper bounds for the bytes of a write in the log. A batch is planned with them before it is encoded.</summary>
internal static class WriteSize
{
    /// <summary>A record without names and values: a base, a no-op.</summary>
    public const int RecordMax = RecordHeader.Size + 64;

    private const int MemberMax = 64;
    private const int RequestKeyMax = 16;
    private const int HardStateMax = 256;

    // A char takes at most 3 bytes of UTF-8.
    private const long CharMax = 3;

    /// <summary>Returns the size of one write. Pieces of a snapshot count as 0, because they go into their own file.</summary>
    /// <param name="level">Raised to the format level that the write needs.</param>
    public static long Of(Effect.Write write, ref byte level) => write switch
    {
        Effect.Persist persist => (persist.HardState is { } state ? Of(state) : 0) + Of(persist.Entries, ref level),
        Effect.StoreChunk => 0,
        Effect.InstallSnapshot or Effect.Discard => RecordMax,
        _ => throw new UnreachableException($"The write {write.GetType().Name} is unknown."),
    };

    /// <summary>Returns the size of the records that a slot begins with.</summary>
    public static long Of(StoreOwner owner) => (CharMax * owner.Group.Length) + Of(owner.Name) + (4 * RecordMax);

    /// <param name="level">Raised to the format level that the entries need.</param>
    public static long Of(LogSlice entries, ref byte level)
    {
        var size = 0L;
        foreach (ref readonly var entry in entries)
        {
            size += RecordMax;
            if (entry.Key is { } key)
            {
                size += (CharMax * key.Length) + entry.Value.Length + (entry.Request is { } request ? Of(request.Origin.Name) : 0);
                size += entry.RequestKey is not null ? RequestKeyMax : 0;
            }
            else if (entry.Configuration is { } configuration)
            {
                level = Math.Max(level, configuration.Version.Format);

                // One name may be a voter, an old voter and the holder of a founding serial.
                size += configuration.Everybody().Sum(member => 3 * Of(member.Name));
            }
        }

        return size;
    }

    private static long Of(HardState state)
    {
        var size = (long)HardStateMax + (state.VotedFor is { } candidate ? Of(candidate.Name) : 0);
        foreach (var peer in state.Recorded)
        {
            size += Of(peer.Member.Name);
        }

        return size + state.Roster.Sum(Of);
    }

    private static long Of(ProcessName name) => (CharMax * name.Value.Length) + MemberMax;
}
