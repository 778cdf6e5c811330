using System.Collections.Immutable;

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
    /// <inheritdoc/>
    public override string ToString() => $"up to {Position}, {Length} bytes";
}

/// <summary>The requests of one origin that are remembered.</summary>
/// <param name="Forgotten">Requests up to this number that are not in the list were forgotten.</param>
/// <param name="Answered">By number.</param>
public sealed record SessionState(Member Origin, long Forgotten, ImmutableArray<AnsweredRequest> Answered);

/// <summary>A request of a session, and where its pair stands.</summary>
public readonly record struct AnsweredRequest(long Number, LogIndex Index, Serial Serial);
