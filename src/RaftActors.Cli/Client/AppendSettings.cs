namespace RaftActors.Cli.Client;

/// <summary>What is to be appended.</summary>
/// <param name="RequestId">Null: one is made.</param>
internal sealed record AppendSettings(ClientSettings Client, string Text, string? RequestId);
