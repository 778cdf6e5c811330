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
    /// How a claim stands, as soon as it does not wait. The answer is an <see cref="Answer"/>; <see cref="Answer.Held"/>: there is no such
    /// claim.
    /// </summary>
    public sealed record OfClaim([property: JsonRequired] string Name, long Session, long Claim) : Question;

    /// <summary>Who holds a lock. The answer is a <see cref="LockView"/>.</summary>
    /// <param name="Known">
    /// The tokens of the holders that the asker knows, in their order: the answer waits until others hold the lock. Null: it does not wait.
    /// </param>
    public sealed record OfLock([property: JsonRequired] string Name, IReadOnlyList<long>? Known) : Question;

    /// <summary>What an item is. The answer is an <see cref="ItemsView"/> of one item or none.</summary>
    public sealed record OfItem([property: JsonRequired] string Name) : Question;

    /// <summary>
    /// The changes of the items whose names begin with a prefix, as soon as there are any. The answer is an <see cref="ItemsView"/>, of
    /// all items if the changes are forgotten.
    /// </summary>
    /// <param name="After">The changes of later pairs; below zero: all items, without a wait.</param>
    public sealed record OfChanges([property: JsonRequired] string Prefix, long After) : Question;

    /// <summary>Sessions and locks, for people. The answer is an <see cref="RaftOverview"/>.</summary>
    /// <param name="Lock">The answer has this lock alone, with more of its claims; null: it has all, as far as it is bounded.</param>
    public sealed record OfOverview(string? Lock) : Question;

    /// <summary>What the question waits for if its answer is no news; the prefix of items has the kind of an item.</summary>
    public Topic ToTopic() => this switch
    {
        OfClaim asked => new(TopicKind.Claim, asked.Name, asked.Session, asked.Claim),
        OfLock asked => new(TopicKind.Lock, asked.Name),
        OfChanges asked => new(TopicKind.Item, asked.Prefix),
        _ => throw new InvalidOperationException($"{this} waits for nothing."),
    };

    /// <summary>The answer tells something that the asker does not know.</summary>
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
/// <param name="IsWhole">All items that were asked for, sorted by name. False: changes, in the order of their serials.</param>
/// <param name="Era">That of the state. With the serial of the state it is the position after which later changes come.</param>
internal sealed record ItemsView(bool IsWhole, ImmutableArray<Item> Items, long Era = 0);

/// <summary>An item, or the change that made it.</summary>
/// <param name="Value">Null: the change deleted the item.</param>
/// <param name="Version">The serial of the pair that wrote or deleted it.</param>
/// <param name="Session">It goes with this session; 0: it belongs to none.</param>
/// <param name="Lifetime">It expires if it was not written again for so long; null: it stays.</param>
internal sealed record Item(string Name, string? Value, long Version, long Session = 0, TimeSpan? Lifetime = null);
