using System.Diagnostics;

namespace RaftActors;

/// <summary>Whether a call that failed may have taken effect.</summary>
public enum FailureKind
{
    /// <summary>
    /// Nothing was appended, changed or read, and this call will not do it. A retry is safe.
    /// </summary>
    NotDone = 1,

    /// <summary>
    /// The call may have reached a leader. It took effect already, will, or never will. If the pair of an Append is committed, HandleAppend
    /// or a snapshot still delivers it. A retry may append it twice, unless both calls have the same <see cref="RequestKey"/>.
    /// </summary>
    Unknown = 2,

    /// <summary>
    /// The command of an entity is committed, and its handler threw, so it changed nothing. A repeat with the same <see cref="RequestKey"/>
    /// ends in the same way. Without one it is another command, which the handler may take.
    /// </summary>
    Faulted = 3,
}

/// <summary>Why a call failed.</summary>
/// <param name="Kind">Whether the call may have taken effect.</param>
/// <param name="Reason">The cause.</param>
/// <param name="Detail">
/// The cause with its values, and the remedy, as text for people. The text that HandleProposal returned, if it discarded the pair.
/// </param>
public sealed record RaftFailure(FailureKind Kind, FailureReason Reason, string Detail)
{
    /// <summary>The failure as text for people.</summary>
    public override string ToString() => $"{(Kind == FailureKind.NotDone ? "Not done" : $"{Kind}")} ({Reason}): {Detail}";

    /// <summary>Whether a call can fail so. Bytes of another failure are damaged.</summary>
    internal bool IsPossible => Reason is FailureReason.TimedOut or FailureReason.Forgotten or FailureReason.Superseded
        ? Kind == FailureKind.Unknown
        : Kind == FailureKind.NotDone || Reason is FailureReason.Stopped or FailureReason.Canceled or FailureReason.Closed;

    /// <summary>Of a Get.</summary>
    internal static RaftFailure Compacted { get; } = NotDone(
        FailureReason.Compacted, "The pair was discarded, because a snapshot covers it. Use the state of the actors instead.");

    internal static RaftFailure NotDone(FailureReason reason, string detail) => Demanded(new(FailureKind.NotDone, reason, detail));

    internal static RaftFailure Unknown(FailureReason reason) => Demanded(new(
        FailureKind.Unknown,
        reason,
        "The call may have taken effect, or may do so later. Read the state of the group before you repeat it."));

    // The node that gets an impossible failure takes the bytes for damaged, and closes the connection.
    private static RaftFailure Demanded(RaftFailure failure) =>
        failure.IsPossible ? failure : throw new UnreachableException($"No call can fail as {failure.Kind} with {failure.Reason}.");

    internal Outcome<T> ToOutcome<T>(RequestRef request = default) => new() { Failure = this, Request = request };
}
