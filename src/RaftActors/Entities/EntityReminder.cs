namespace RaftActors.Entities;

/// <summary>A reminder that an entity sets or forgets. The shard has it under the id and the name together.</summary>
/// <param name="After">Null if it is due at <paramref name="At"/>.</param>
internal sealed record EntityReminder(string Name, TimeSpan? After, DateTimeOffset At, object? Command)
{
    private const char Separator = '\0';

    public bool IsForgotten { get; init; }

    /// <exception cref="ArgumentException">The name has a zero character.</exception>
    public static EntityReminder Of(string id, string name, TimeSpan? after, DateTimeOffset at, object? command)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Contains(Separator)
            ? throw new ArgumentException("The name of a reminder has a zero character. Leave it out.", nameof(name))
            : new EntityReminder(id + Separator + name, after, at, command);
    }

    /// <summary>Returns bounds of the names of all reminders of an entity, in ordinal order. Other names may be between them.</summary>
    public static (string First, string Last) RangeOf(string id) => (id + Separator, id + (char)(Separator + 1));

    /// <summary>Tells whether a reminder of this name belongs to an entity.</summary>
    public static bool IsOf(string id, string name) =>
        name.LastIndexOf(Separator) == id.Length && name.StartsWith(id, StringComparison.Ordinal);

    public static string IdOf(string name) => name[..name.LastIndexOf(Separator)];
}
