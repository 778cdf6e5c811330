namespace RaftActors.Cli.Client;

/// <summary>One member's row of the status.</summary>
/// <param name="IsVoter">Null: the process is not a member.</param>
/// <param name="Status">Its reply; null: there was none.</param>
/// <param name="Note">A problem for the operator, or why there was no reply; null: none.</param>
internal sealed record MemberStatus(ProcessName Name, bool? IsVoter, RaftStatus? Status, string? Note);
