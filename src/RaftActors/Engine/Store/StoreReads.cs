namespace RaftActors.Engine;

/// <summary>
/// The reads of the store that the engine's children were asked for and have not answered. It follows the oldest one, because another
/// reader that goes on must not hide one whose read hangs.
/// </summary>
/// <param name="tell">Gives Core <see cref="Core.Input.StoreReads"/>: whether a read is outstanding.</param>
internal sealed class StoreReads(Action<bool> tell)
{
    private readonly List<object> _open = [];

    /// <summary>A reader is asked.</summary>
    public void Begin(object read)
    {
        _open.Add(read);
        if (_open.Count == 1)
        {
            tell(true);
        }
    }

    /// <summary>The reader has answered.</summary>
    public void End(object read)
    {
        var place = _open.FindIndex(one => ReferenceEquals(one, read));
        _open.RemoveAt(place);
        if (place == 0)
        {
            tell(_open.Count > 0);
        }
    }
}
