namespace RaftActors.Core;

/// <summary>
/// One start of a process over one store. The number rises with each start, and is durable before any message. A store with a lower boot,
/// or with an equal one and another mark, is a restored copy that has forgotten votes and acknowledgements.
/// </summary>
/// <param name="Number">1 at the first start.</param>
/// <param name="Mark">Random at each start, to distinguish two starts from the same copy.</param>
internal readonly record struct Boot(long Number, ulong Mark)
{
    public override string ToString() => $"{Number}";
}
