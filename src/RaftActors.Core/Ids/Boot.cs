namespace RaftActors.Core;

/// <summary>
/// One start of a process over one store. The number is one higher at each start and durable before anything is said, so a store that
/// comes back with a lower one, or with the same one and another mark, is an old copy: it has forgotten what was promised since.
/// </summary>
/// <param name="Number">1 at the first start.</param>
/// <param name="Mark">Drawn at random at each start; tells apart two starts from the same copy.</param>
public readonly record struct Boot(long Number, ulong Mark)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Number}";
}
