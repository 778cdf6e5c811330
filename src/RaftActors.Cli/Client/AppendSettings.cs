namespace RaftActors.Cli.Client;

/// <summary>The arguments of an append.</summary>
/// <param name="RequestId">Null: a new one is generated.</param>
internal sealed record AppendSettings(ClientSettings Client, string Text, string? RequestId);
