using System.Text.Json.Serialization;

namespace RaftActors.Coordination.State;

/// <summary>
/// The value of a pair of the coordination group. The key of the pair is the name of the lock or of the item; of a command of a session it
/// is the session's owner.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "$")]
[JsonDerivedType(typeof(Open), "open")]
[JsonDerivedType(typeof(Renew), "renew")]
[JsonDerivedType(typeof(Close), "close")]
[JsonDerivedType(typeof(Acquire), "acquire")]
[JsonDerivedType(typeof(Release), "release")]
[JsonDerivedType(typeof(Break), "break")]
[JsonDerivedType(typeof(End), "end")]
[JsonDerivedType(typeof(Put), "put")]
[JsonDerivedType(typeof(Add), "add")]
[JsonDerivedType(typeof(Delete), "delete")]
internal abstract record Command
{
    private Command()
    {
    }

    /// <summary>Only operators may append it.</summary>
    public static bool IsOfOperators(Command? command) => command is Break or End;

    /// <summary>Opens a session. Its number is the serial of this pair.</summary>
    /// <param name="Timeout">A reminder ends the session if it was not renewed for so long.</param>
    public sealed record Open(TimeSpan Timeout) : Command;

    /// <summary>The owner of a session lives.</summary>
    public sealed record Renew(long Session) : Command;

    /// <summary>The owner ends its session, and releases all that the session holds.</summary>
    public sealed record Close(long Session) : Command;

    /// <summary>
    /// Acquires a permit of a lock. A repeat by the same claim answers as the first one, so it is safe to send it again. After a Release or
    /// a higher claim of the session it has no effect.
    /// </summary>
    /// <param name="Claim">The number of the claim. A session counts its claims, for all locks together.</param>
    /// <param name="Permits">The number of claims that may hold the lock at the same time: 1 for a lock, more for a semaphore.</param>
    /// <param name="Waits">The claim waits in the order of its pair if the lock has no free permit.</param>
    /// <param name="Text">What others read about the holder, such as its address; null: nothing.</param>
    public sealed record Acquire(long Session, long Claim, int Permits, bool Waits, string? Text) : Command;

    /// <summary>Releases a permit, or withdraws a claim that waits.</summary>
    public sealed record Release(long Session, long Claim) : Command;

    /// <summary>
    /// An operator takes a lock away from its holder. The next renewal of the holder's session tells it, and its program stops and
    /// releases the lock. So no other one gets the lock before that, or before the session has expired.
    /// </summary>
    /// <param name="Token">That of the holder.</param>
    public sealed record Break(long Token) : Command;

    /// <summary>
    /// An operator ends a session, as <see cref="Break"/> does with a lock: it is not renewed any more, and its program closes it when it
    /// learns so.
    /// </summary>
    public sealed record End(long Session) : Command;

    /// <summary>Writes an item. Its version is the serial of this pair.</summary>
    /// <param name="Expected">Only if the item has this version; 0: only if there is none; null: in any case.</param>
    /// <param name="Session">The item goes when this session ends; 0: it belongs to no session.</param>
    /// <param name="Lifetime">The item goes if it was not written again for so long; null: it stays.</param>
    public sealed record Put([property: JsonRequired] string Value, long? Expected, long Session, TimeSpan? Lifetime) : Command;

    /// <summary>Adds to an item that is a whole number. One that is missing counts as 0.</summary>
    public sealed record Add(long Delta) : Command;

    /// <summary>Deletes an item.</summary>
    /// <param name="Expected">Only if the item has this version; null: any.</param>
    public sealed record Delete(long? Expected) : Command;
}
