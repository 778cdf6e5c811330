using System.Collections.Immutable;
using System.Numerics;
using System.Text;

namespace RaftActors.Core;

/// <summary>
/// What stands for the log up to a place (§7): the application's state there, which Core never sees, and here what Core itself needs.
/// Kept beside the state, in one file with it. Made by <see cref="RaftCore.DescribeSnapshot"/>; the shell adds the length.
/// </summary>
/// <param name="Position">The last entry that it covers.</param>
/// <param name="ConfigurationIndex">Where <paramref name="Configuration"/> stood in the log.</param>
/// <param name="Configuration">The latest configuration up to there.</param>
/// <param name="Sessions">Requests that were answered, so that a retry of one is not appended again.</param>
/// <param name="Length">Bytes of the application's state.</param>
public sealed record Snapshot(
    LogPosition Position,
    LogIndex ConfigurationIndex,
    Configuration Configuration,
    ImmutableArray<SessionState> Sessions,
    long Length)
{
    /// <summary>Origins that a snapshot holds at most. Part of the format.</summary>
    public const int MaxSessions = 1024;

    /// <inheritdoc/>
    public override string ToString() => $"up to {Position}, {Length} bytes";
}

/// <summary>The requests of one origin that are remembered.</summary>
/// <param name="Forgotten">Requests up to this number that are not in the list were forgotten.</param>
/// <param name="Answered">By number.</param>
public sealed record SessionState(Member Origin, long Forgotten, ImmutableArray<AnsweredRequest> Answered)
{
    /// <summary>Requests of one origin that a snapshot holds at most. Part of the format.</summary>
    public const int MaxAnswered = 256;

    /// <summary>An incarnation, what was forgotten, and lengths.</summary>
    private const int FixedSize = 40;

    /// <summary>
    /// Bytes that it takes at most where each request is written as what it differs in from the one before, with 7 bits in a byte. A run of
    /// requests takes 3 bytes each.
    /// </summary>
    internal int SizeMax()
    {
        var size = FixedSize + Encoding.UTF8.GetByteCount(Origin.Name.Value);
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

    /// <summary>With a bit for the sign.</summary>
    private static int SizeOf(long difference) =>
        (BitOperations.Log2((ulong)((difference << 1) ^ (difference >> 63)) | 1) / 7) + 1;
}

/// <summary>A request of a session, and where its pair stands.</summary>
public readonly record struct AnsweredRequest(long Number, LogIndex Index, Serial Serial);
