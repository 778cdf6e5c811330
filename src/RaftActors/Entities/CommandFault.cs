namespace RaftActors.Entities;

/// <summary>
/// Checks a command before it is written. A client with other types, or of another program, may send any value.
/// </summary>
internal static class CommandFault
{
    /// <summary>Says why a command is not one of these entities, or returns null.</summary>
    /// <param name="commands">The type of the commands of these entities.</param>
    /// <param name="entity">The name of the type of these entities.</param>
    public static string? Find(
        Type commands, string entity, string id, object? command, Func<string, object?, string?>? findFault)
    {
        // Null is a command if any object is one.
        if (!commands.IsInstanceOfType(command) && (command is not null || commands != typeof(object)))
        {
            return $"{command?.GetType().ToString() ?? "null"} is no command of a {entity}: they are of type {commands}.";
        }

        return findFault?.Invoke(id, command);
    }
}
