using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>What one server said of itself, or why it said nothing.</summary>
/// <param name="IsVoter">Null: it is no member.</param>
internal sealed record ServerStatus(ServerId Server, bool? IsVoter, Reply.StatusIs? Status, string? Silence);
