using RaftActors.Storage.Log;

namespace RaftActors.Cli.Plan;

/// <summary>
/// The bytes that the formats add to a pair. Members and numbers have different lengths in different groups, so these are those of a group
/// with some million entries. <c>OverheadsTests</c> compares them with encoded messages and records.
/// </summary>
internal static class Overheads
{
    /// <summary>
    /// An entry in a message: index, term, serial, kind, request, and the lengths of key and value. The request names a member of the
    /// connection by its place.
    /// </summary>
    public const int EntryBytes = 20;

    /// <summary>AppendEntries without entries, with its frame: sender and receiver, group, term, boot, place, commit index.</summary>
    public const int MessageBytes = 70;

    /// <summary>The reply to AppendEntries, with its frame.</summary>
    public const int ReplyBytes = 51;

    /// <summary>A pair on its way to the leader, and its answers: the place in the log, and that the pair is committed.</summary>
    public const int CallBytes = 40;

    public const int AnswerBytes = 60;

    /// <summary>One heartbeat for all quiescent groups of two nodes: 32 sums of 8 bytes, and the frame.</summary>
    public const int BeatBytes = 266;

    /// <summary>The body of a record without key and value: kind, lengths, and the request with the full name of its origin.</summary>
    public const int BodyBytes = 48;

    /// <summary>The bytes of a pair in the log.</summary>
    public static long RecordBytes(long payload) => RecordHeader.Padded(RecordHeader.Size + BodyBytes + payload);

    /// <summary>The bytes of a pair in a message.</summary>
    public static long OnWire(long payload) => EntryBytes + payload;
}
