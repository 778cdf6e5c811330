using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace RaftActors.Coordination.State;

/// <summary>A question about the state.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "$")]
[JsonDerivedType(typeof(OfClaim), "claim")]
[JsonDerivedType(typeof(OfLock), "lock")]
[JsonDerivedType(typeof(OfItem), "item")]
[JsonDerivedType(typeof(OfChanges), "changes")]
[JsonDerivedType(typeof(OfOverview), "overview")]
internal abstract record Question
{
    private Question()
    {
    }

    /// <summary>
    /// Asks for the state of a claim, once it does not wait. The answer is an <see cref="Answer"/>, <see cref="Answer.Held"/> if there is
    /// no such claim.
    /// </summary>
    public sealed record OfClaim([property: JsonRequired] string Name, long Session, long Claim) : Question;

    /// <summary>Asks who holds a lock. The answer is a <see cref="LockView"/>.</summary>
    /// <param name="Known">
    /// The tokens of the holders that the asker knows, in their order. The answer waits until others hold the lock. With null, it does not
    /// wait.
    /// </param>
    public sealed record OfLock([property: JsonRequired] string Name, IReadOnlyList<long>? Known) : Question;

    /// <summary>Asks for an item. The answer is an <see cref="ItemsView"/> of one item or none.</summary>
    public sealed record OfItem([property: JsonRequired] string Name) : Question;

    /// <summary>
    /// Asks for the changes of the items whose names begin with a prefix, once there are any. The answer is an <see cref="ItemsView"/>,
    /// with all items if the changes are forgotten.
    /// </summary>
    /// <param name="After">The serial after which changes count. If negative, the answer has all items, without a wait.</param>
    public sealed record OfChanges([property: JsonRequired] string Prefix, long After) : Question;

    /// <summary>Asks for sessions and locks, for people. The answer is an <see cref="RaftOverview"/>.</summary>
    /// <param name="Lock">The only lock of the answer, with more of its claims, or null for all, as far as the answer is bounded.</param>
    public sealed record OfOverview(string? Lock) : Question;

    /// <summary>Returns what the question waits for if its answer is no news. A prefix of items counts as an item.</summary>
    public Topic ToTopic() => this switch
    {
        OfClaim asked => new(TopicKind.Claim, asked.Name, asked.Session, asked.Claim),
        OfLock asked => new(TopicKind.Lock, asked.Name),
        OfChanges asked => new(TopicKind.Item, asked.Prefix),
        _ => throw new InvalidOperationException($"{this} waits for nothing."),
    };

    /// <summary>Tells whether an answer is new to the asker.</summary>
    public bool IsNews(object answer) => (this, answer) switch
    {
        (_, Answer.Waiting) => false,
        (OfLock { Known: { } known }, LockView view) => !view.Holders.Select(each => each.Token).SequenceEqual(known),
        (OfChanges { After: >= 0 }, ItemsView { IsWhole: false, Items: [] }) => false,
        _ => true,
    };
}

/// <summary>A lock at one moment.</summary>
/// <param name="Holders">In the order in which they were granted.</param>
/// <param name="Waiting">The number of claims that wait.</param>
internal sealed record LockView(ImmutableArray<RaftClaim> Holders, int Waiting);

/// <summary>Items at one moment, or changes up to one.</summary>
/// <param name="IsWhole">All requested items, sorted by name. Otherwise changes, in the order of their serials.</param>
/// <param name="Era">The era of the state. With the serial of the state, it is the position after which later changes come.</param>
internal sealed record ItemsView(bool IsWhole, ImmutableArray<Item> Items, long Era = 0);

/// <summary>An item, or the change that made it.</summary>
/// <param name="Value">Null if the change deleted the item.</param>
/// <param name="Version">The stamp of the pair that wrote or deleted it.</param>
/// <param name="Session">The session with which it disappears, or 0 for none.</param>
/// <param name="Lifetime">The time without another write after which it expires, or null if it stays.</param>
internal sealed record Item(string Name, string? Value, long Version, long Session = 0, TimeSpan? Lifetime = null);
