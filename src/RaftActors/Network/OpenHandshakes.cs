using System.Net;

using RaftActors.Settings;

namespace RaftActors.Network;

/// <summary>
/// The incoming connections whose handshake is not complete. Each has a thread, so their number is bounded. When all places are taken, the
/// address with the most of them loses its oldest one to an address with fewer, so that a flood keeps nobody else out. One of the crowd
/// itself waits in line: it may be one of many clients that come back after a failure, and to close one that is nearly done would waste
/// the work. The first in line takes the place of one that has not ended after a second. Thread-safe.
/// </summary>
/// <param name="max">The number of places.</param>
/// <param name="maxWaiting">How many may wait in line. Further ones of a crowd are closed at once.</param>
internal sealed class OpenHandshakes(int max, int maxWaiting)
{
    private static readonly TimeSpan LongTime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<Place> _places = [];
    private readonly LinkedList<Place> _waiting = [];
    private bool _isClosed;

    /// <summary>The number of handshakes under way. Out of date at once while other threads change it.</summary>
    public int Count => _places.Count;

    /// <param name="start">Begins the handshake on another thread, at once or later. It must call <see cref="Leave"/>.</param>
    /// <param name="close">Closes the connection when it loses its place or finds none.</param>
    /// <exception cref="Exception">
    /// What <paramref name="start"/> has thrown, as when there is no thread. The connection is closed.
    /// </exception>
    public void Enter(IPAddress from, Action<Place> start, Action close)
    {
        var entering = new Place(from, start, close);
        var (leaving, next) = Admit(entering);
        leaving?.Close();
        if (next is not null && Start(next) is { } cause && next == entering)
        {
            throw cause;
        }
    }

    public void Leave(Place place)
    {
        Place? next;
        lock (_lock)
        {
            _places.Remove(place);
            next = _places.Count < max && !_isClosed ? TakeFirst() : null;
        }

        if (next is not null)
        {
            _ = Start(next);
        }
    }

    /// <summary>Closes the connections that have a place or wait for one, and each one that enters later.</summary>
    public void Close()
    {
        Place[] all;
        lock (_lock)
        {
            _isClosed = true;
            all = [.. _places, .. _waiting];
            _waiting.Clear();
        }

        Array.ForEach(all, place => place.Close());
    }

    // The connection that is closed, and the one that begins.
    private (Place? Leaving, Place? Next) Admit(Place entering)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return (entering, null);
            }

            if (_places.Count < max)
            {
                Take(entering);
                return (null, entering);
            }

            var crowd = _places.GroupBy(place => place.From).MaxBy(each => each.Count())!; // Justification: it is full, so not empty.
            var oldest = crowd.First();
            if (_places.Count(place => place.From.Equals(entering.From)) < crowd.Count())
            {
                _places.Remove(oldest);
                Take(entering);
                return (oldest, entering);
            }

            if (_waiting.Count >= maxWaiting)
            {
                return (entering, null);
            }

            _waiting.AddLast(entering);
            if (Machine.Current.Time.GetElapsedTime(oldest.TakenAt) < LongTime)
            {
                return (null, null);
            }

            _places.Remove(oldest);
            return (oldest, TakeFirst());
        }
    }

    // The first of the address that has the fewest places.
    private Place? TakeFirst()
    {
        var counts = _places.CountBy(each => each.From).ToDictionary();
        var first = _waiting.MinBy(waiting => counts.GetValueOrDefault(waiting.From));
        if (first is not null)
        {
            _waiting.Remove(first);
            Take(first);
        }

        return first;
    }

    // Returns why it could not begin. Then it is closed, and the next one begins.
    private Exception? Start(Place place)
    {
        try
        {
            place.Start();
            return null;
        }
        catch (Exception e)
        {
            place.Close();
            Leave(place);
            return e;
        }
    }

    private void Take(Place place)
    {
        place.TakenAt = Machine.Current.Time.GetTimestamp();
        _places.AddLast(place);
    }

    internal sealed class Place(IPAddress from, Action<Place> start, Action close)
    {
        public IPAddress From => from;

        public long TakenAt { get; set; }

        public void Start() => start(this);

        public void Close() => close();
    }
}
