using System.Globalization;

namespace RaftActors.Coordination.State;

/// <summary>A part of the state: a pair changes some, a question waits for one, and a reminder ends one.</summary>
/// <param name="Name">The name of the lock or of the item, or for a session the name of its reminder.</param>
/// <param name="Session">The session of a session or claim, otherwise 0.</param>
/// <param name="Claim">The number of a claim, otherwise 0.</param>
internal readonly record struct Topic(TopicKind Kind, string Name, long Session = 0, long Claim = 0)
{
    private const string SessionPrefix = "session/";
    private const string ItemPrefix = "item/";

    /// <summary>The name of the reminder that ends it, or null if it never expires.</summary>
    public string? Reminder => Kind switch
    {
        TopicKind.Session => Name,
        TopicKind.Item => ItemPrefix + Name,
        _ => null,
    };

    public static Topic OfSession(long session) =>
        new(TopicKind.Session, string.Create(CultureInfo.InvariantCulture, $"{SessionPrefix}{session}"), session);

    public static Topic OfReminder(string name) => name.StartsWith(SessionPrefix, StringComparison.Ordinal)
        ? new(TopicKind.Session, name, long.Parse(name.AsSpan(SessionPrefix.Length), CultureInfo.InvariantCulture))
        : new(TopicKind.Item, name[ItemPrefix.Length..]);
}

internal enum TopicKind
{
    /// <summary>The holders of a lock, but not the claims that wait.</summary>
    Lock,

    /// <summary>Whether a claim waits, holds or has ended.</summary>
    Claim,

    Item,

    Session,
}
