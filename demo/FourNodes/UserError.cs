namespace FourNodes;

/// <summary>Something that a person can put right. Its message is all that is shown: one line, the cause and the remedy.</summary>
internal sealed class UserError(string message) : Exception(message);
