using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>One server's row of the status.</summary>
/// <param name="IsVoter">Null: the server is not a member.</param>
/// <param name="Status">Its reply; null: there was none.</param>
/// <param name="Silence">Why there was no reply.</param>
internal sealed record ServerStatus(ServerId Server, bool? IsVoter, Reply.StatusIs? Status, string? Silence);
