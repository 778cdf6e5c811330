using RaftActors.Coordination.State;

namespace RaftActors.Coordination;

/// <summary>
/// The expectations and changes of <see cref="RaftItems.CommitAsync"/>, in any order: all expectations are about the items before it. It
/// names at most 100 items, each with one expectation and one change at most, and has 60 KiB in JSON. Not thread-safe.
/// </summary>
public sealed class ItemTransaction
{
    private readonly OrderedDictionary<string, ItemPart> _parts = new(StringComparer.Ordinal);

    internal ItemTransaction()
    {
    }

    internal bool IsOfSession => _parts.Values.Any(part => part.OfSession);

    /// <summary>Changes nothing unless an item has a version. The item need not be changed.</summary>
    /// <param name="name">The name of the item.</param>
    /// <param name="version">The version, or 0 if there must be no item.</param>
    /// <exception cref="InvalidOperationException">The item has another expectation.</exception>
    public ItemTransaction Expect(string name, long version) => Add(new ItemPart(name, version));

    /// <summary>Writes an item.</summary>
    /// <param name="name">Its name. At most 1000 characters.</param>
    /// <param name="value">Its value. At most 9000 characters.</param>
    /// <param name="options">As of <see cref="RaftItems.PutAsync"/>. An expected version is an expectation of the transaction.</param>
    /// <exception cref="InvalidOperationException">The item has another change or expectation.</exception>
    public ItemTransaction Put(string name, string value, ItemOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(value);
        options ??= new ItemOptions();
        return Add(new ItemPart(name, options.ExpectedVersion, value, false, options.OfSession, options.Lifetime));
    }

    /// <summary>Deletes an item. Without an expectation it may be absent.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expectedVersion">An expectation of the transaction, or null for none.</param>
    /// <exception cref="InvalidOperationException">The item has another change or expectation.</exception>
    public ItemTransaction Delete(string name, long? expectedVersion = null) =>
        Add(new ItemPart(name, expectedVersion, Deletes: true));

    internal long? ExpectedOf(string? name) => name is not null && _parts.TryGetValue(name, out var part) ? part.Expected : null;

    internal Command.Commit ToCommand(long session) => new([.. _parts.Values], session);

    private ItemTransaction Add(ItemPart part)
    {
        ArgumentException.ThrowIfNullOrEmpty(part.Name);
        if (_parts.TryGetValue(part.Name, out var known))
        {
            if ((known.IsChange && part.IsChange) || (known.Expected is not null && part.Expected is not null))
            {
                var what = known.IsChange && part.IsChange ? "changes" : "expects";
                throw new InvalidOperationException($"The transaction {what} '{part.Name}' twice. Leave out one of the two.");
            }

            part = (known.IsChange ? known : part) with { Expected = known.Expected ?? part.Expected };
        }

        _parts[part.Name] = part;
        return this;
    }
}
