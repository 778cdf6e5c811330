namespace RaftActors.Cli.Client;

/// <summary>One server's row of the status.</summary>
/// <param name="IsVoter">Null: the server is not a member.</param>
/// <param name="Status">Its reply; null: there was none.</param>
/// <param name="Note">A problem for the operator, or why there was no reply; null: none.</param>
internal sealed record ServerStatus(ServerId Server, bool? IsVoter, RaftStatus? Status, string? Note);
