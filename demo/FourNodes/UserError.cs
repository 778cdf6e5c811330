namespace FourNodes;

/// <summary>An error that the user can correct. Only its message is shown: one line with the cause and the remedy.</summary>
internal sealed class UserError(string message) : Exception(message);
