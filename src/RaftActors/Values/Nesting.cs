namespace RaftActors.Values;

/// <summary>
/// Counts the values that this thread is reading inside of each other, because a message of raft may hold a value, which may be a message.
/// A peer decides the depth, and each level takes stack and copies all levels inside of it, so the depth is bounded.
/// </summary>
internal readonly ref struct Nesting
{
    private const int DepthMax = 16;

    [ThreadStatic]
    private static int _depth;

    /// <summary>Begins the next level. Dispose ends it.</summary>
    /// <exception cref="InvalidDataException">There are too many levels.</exception>
    public static Nesting Enter()
    {
        if (_depth == DepthMax)
        {
            throw new InvalidDataException($"More than {DepthMax} values are nested in each other.");
        }

        _depth++;
        return default;
    }

    public void Dispose() => _depth--;
}
