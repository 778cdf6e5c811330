using RaftActors.Core;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The Appends that the leader refused and that come again, because its actor was missing or held, or because there was no room for a
/// retry. An origin sends many Appends before it hears of the first refusal. If the actor or the room is back by then, the later ones would
/// be committed before those that were refused, so they are refused too. Not thread-safe.
/// </summary>
/// <param name="kept">
/// How long they are remembered after the latest refusal, by when each origin has heard of its own. One that its origin has given up holds
/// back the others for so long.
/// </param>
internal sealed class RefusedAppends(TimeProvider clock, TimeSpan kept)
{
    /// <summary>The most Appends. With more, the order of those that were refused is not kept.</summary>
    public const int Max = 16_384;

    private readonly Dictionary<Member, SortedSet<long>> _numbers = [];
    private int _count;
    private long _refusedAt;

    /// <summary>The leader cannot take an Append now, which its origin sends again.</summary>
    public void Add(RequestId request)
    {
        _refusedAt = clock.GetTimestamp();
        Note(request);
    }

    /// <summary>The leader can take an Append. Returns false, and remembers it, if an earlier one of its origin must come first.</summary>
    public bool TryPass(RequestId request)
    {
        if (_count > 0 && clock.GetElapsedTime(_refusedAt) >= kept)
        {
            Clear();
        }

        if (_count == 0 || !_numbers.TryGetValue(request.Origin, out var numbers))
        {
            return true;
        }

        if (numbers.Min < request.Number)
        {
            Note(request);
            return false;
        }

        _count -= numbers.Remove(request.Number) ? 1 : 0;
        if (numbers.Count == 0)
        {
            _numbers.Remove(request.Origin);
        }

        return true;
    }

    public void Clear()
    {
        _numbers.Clear();
        _count = 0;
    }

    private void Note(RequestId request)
    {
        if (_count >= Max)
        {
            Clear();
        }

        if (!_numbers.TryGetValue(request.Origin, out var numbers))
        {
            _numbers.Add(request.Origin, numbers = []);
        }

        _count += numbers.Add(request.Number) ? 1 : 0;
    }
}
