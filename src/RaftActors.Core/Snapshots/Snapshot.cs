using System.Collections.Immutable;
using System.Numerics;
using System.Text;

namespace RaftActors.Core;

/// <summary>
/// The description of a snapshot, which covers the log up to a place (§7). Core never sees the application's state itself. The
/// store keeps both in one file. <see cref="RaftCore.DescribeSnapshot"/> makes it.
/// </summary>
/// <param name="Position">The last entry that it covers.</param>
/// <param name="ConfigurationIndex">The index of <paramref name="Configuration"/>.</param>
/// <param name="Configuration">The latest configuration up to that entry.</param>
/// <param name="Sessions">The committed requests, so that a retry is not appended again. Closed origins come first.</param>
/// <param name="Length">The size of the application's state in bytes.</param>
internal sealed record Snapshot(
    LogPosition Position,
    LogIndex ConfigurationIndex,
    Configuration Configuration,
    ImmutableArray<SessionState> Sessions,
    long Length)
{
    /// <summary>The most open origins that a snapshot holds. Part of the format.</summary>
    internal const int MaxSessions = 16_384;

    /// <summary>
    /// The most requests of all origins that a snapshot holds. Part of the format. Each costs up to 16 bytes there, and 24 in memory.
    /// </summary>
    internal const int MaxRequests = 1024 * SessionState.MaxAnswered;

    /// <summary>
    /// The most closed origins that a snapshot holds. Part of the format. Each costs some 40 bytes there, and 300 in memory.
    /// </summary>
    internal const int MaxClosed = 4096;

    /// <summary>The most origins of both kinds.</summary>
    internal const int MaxOrigins = MaxSessions + MaxClosed;

    /// <summary>The last serial of a request whose origin was forgotten, or 0. <see cref="Sessions"/> lacks it.</summary>
    public Serial ForgottenOrigins { get; init; }

    /// <summary>The committed request keys, so that a repeat is not appended again.</summary>
    public KeyTable Keys { get; init; } = KeyTable.Empty;

    public override string ToString() => $"up to {Position}, {Length} bytes";
}

/// <summary>The remembered requests of one origin.</summary>
/// <param name="Forgotten">Requests up to this number that are not listed were forgotten.</param>
/// <param name="Latest">The serial of the latest request.</param>
/// <param name="Answered">The requests, ordered by number. Empty if the origin is closed.</param>
internal sealed record SessionState(Member Origin, long Forgotten, Serial Latest, ImmutableArray<AnsweredRequest> Answered)
{
    /// <summary>The most requests of one origin that a snapshot holds. Part of the format.</summary>
    internal const int MaxAnswered = 256;

    /// <summary>The requests of some origins together.</summary>
    internal static long RequestsOf(ImmutableArray<SessionState> sessions) => sessions.Sum(static session => (long)session.Answered.Length);

    /// <summary>The size of the incarnation, the forgotten number and the lengths.</summary>
    private const int FixedSize = 40;

    /// <summary>
    /// The largest size in bytes. Each request is written as its difference to the one before, with 7 bits in a byte, so a request of a
    /// run takes 3 bytes.
    /// </summary>
    internal int SizeMax()
    {
        var size = FixedSize + SizeOf(Latest.Value) + Encoding.UTF8.GetByteCount(Origin.Name.Value);
        var before = new AnsweredRequest(Forgotten, default, default);
        foreach (var request in Answered)
        {
            size += SizeOf(request.Number - before.Number)
                + SizeOf(request.Index.Value - before.Index.Value)
                + SizeOf(request.Serial.Value - before.Serial.Value);
            before = request;
        }

        return size;
    }

    /// <summary>The size of a number with a sign bit.</summary>
    private static int SizeOf(long difference) =>
        (BitOperations.Log2((ulong)((difference << 1) ^ (difference >> 63)) | 1) / 7) + 1;
}

/// <summary>
/// The latest committed request keys, in the order of their commits. They follow from the committed entries alone, so they are the same
/// on every process.
/// </summary>
/// <param name="Forgotten">The serial of the last keyed pair whose key was forgotten, or 0.</param>
/// <param name="Keys">The keys, the oldest first.</param>
internal sealed record KeyTable(Serial Forgotten, ImmutableArray<CommittedKey> Keys)
{
    /// <summary>The most keys that a group remembers. Part of the format.</summary>
    internal const int MaxKeys = 16_384;

    public static KeyTable Empty { get; } = new(Serial.Zero, []);
}

/// <summary>A committed request key, and the place of its pair.</summary>
internal readonly record struct CommittedKey(RequestKeyHash Key, LogIndex Index, Serial Serial)
{
    /// <summary>The largest size in bytes: the key, and two numbers with 7 bits in a byte.</summary>
    internal const int SizeMax = RequestKeyHash.Size + 20;
}

/// <summary>A committed request, and the place of its pair.</summary>
internal readonly record struct AnsweredRequest(long Number, LogIndex Index, Serial Serial);
