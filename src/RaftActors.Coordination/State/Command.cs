using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace RaftActors.Coordination.State;

/// <summary>
/// The value of a pair of the coordination group. The key of the pair is the name of the lock or of the item, or for a command of a
/// session its owner, for <see cref="End"/> its number, and for <see cref="Commit"/> always the same.
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
[JsonDerivedType(typeof(Commit), "commit")]
internal abstract record Command
{
    private Command()
    {
    }

    /// <summary>Only operators may append it.</summary>
    public static bool IsOfOperators(Command? command) => command is Break or End;

    /// <summary>It writes items. If it were appended again, it could have its effect twice.</summary>
    public static bool IsOfItems(Command command) => command is Put or Add or Delete or Commit;

    /// <summary>Opens a session. Its number is the serial of this pair.</summary>
    /// <param name="Timeout">The time without a renewal after which a reminder ends the session.</param>
    public sealed record Open(TimeSpan Timeout) : Command;

    public sealed record Renew(long Session) : Command;

    /// <summary>The owner ends its session, and releases all that the session holds.</summary>
    public sealed record Close(long Session) : Command;

    /// <summary>
    /// Acquires a permit of a lock. A repeat by the same claim has the answer of the first one, so it is safe to send it again. After a
    /// Release or a higher claim of the session it has no effect.
    /// </summary>
    /// <param name="Claim">The number of the claim. A session counts its claims, for all locks together.</param>
    /// <param name="Permits">The number of claims that may hold the lock at the same time: 1 for a lock, more for a semaphore.</param>
    /// <param name="Waits">The claim waits in the order of its pair if the lock has no free permit.</param>
    /// <param name="Text">What others read about the holder, such as its address, or null.</param>
    public sealed record Acquire(long Session, long Claim, int Permits, bool Waits, string? Text) : Command;

    /// <summary>Releases a permit, or withdraws a claim that waits.</summary>
    public sealed record Release(long Session, long Claim) : Command;

    /// <summary>
    /// An operator takes a lock away from its holder. The holder's program learns it by its next renewal, stops, and releases the lock. So
    /// no other program gets the lock before that, or before the session has expired.
    /// </summary>
    /// <param name="Token">The token of the holder.</param>
    /// <param name="Session">
    /// The session of the holder. One pair may grant several permits of a semaphore, all with its token. All that this session holds by
    /// the token are taken away, so that a repeat takes nothing else.
    /// </param>
    public sealed record Break(long Token, long Session) : Command;

    /// <summary>
    /// An operator ends a session, like <see cref="Break"/> a lock. It is not renewed any more, and its program closes it when it learns
    /// this.
    /// </summary>
    public sealed record End(long Session) : Command;

    /// <summary>Writes an item. Its version is the serial of this pair.</summary>
    /// <param name="Expected">Writes only if the item has this version, or with 0 only if there is none. Null writes always.</param>
    /// <param name="Session">The session with which the item disappears, or 0 for none.</param>
    /// <param name="Lifetime">The time without another write after which the item disappears, or null to keep it.</param>
    public sealed record Put([property: JsonRequired] string Value, long? Expected, long Session, TimeSpan? Lifetime) : Command;

    /// <summary>Adds to an item that is a whole number. A missing one counts as 0.</summary>
    public sealed record Add(long Delta) : Command;

    /// <param name="Expected">Deletes only if the item has this version. Null deletes always.</param>
    public sealed record Delete(long? Expected) : Command;

    /// <summary>
    /// Writes and deletes items if all have the expected versions, and otherwise changes none. The version of what it writes is the serial
    /// of this pair. Programs of 0.1.0 do not know it, and have logic version 1.
    /// </summary>
    /// <param name="Parts">One for each name, at most <see cref="Items.PartsMax"/>.</param>
    /// <param name="Session">The session with which the written items of a session disappear, or 0 for none.</param>
    [SinceLogicVersion(2)]
    public sealed record Commit([property: JsonRequired] ImmutableArray<ItemPart> Parts, long Session) : Command
    {
        /// <summary>The key of its pair.</summary>
        public const string Key = "items";
    }
}
